import * as z from "zod";
import { patterns } from "../model/allow-list.ts";

/** Variables of the function that turns job records into Batch jobs. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  JOB_QUEUE: z.string().min(1).describe("ARN of the Batch queue that jobs are submitted to"),
  SPOT_JOB_QUEUE: z.string().min(1).describe("ARN of the Batch queue for jobs on spare capacity"),
  CONNECTOR_ROLES: patterns.describe("Roles that connectors may name"),
  CONNECTOR_IMAGES: patterns.describe("Images that connectors may name"),
  JOB_LOG_GROUP: z.string().min(1).describe("Name of the log group that jobs write to"),
  ASSIGN_PUBLIC_IP: z
    .enum(["ENABLED", "DISABLED"])
    .default("DISABLED")
    .describe("If jobs get a public address: needed in subnets without a way out of their own"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
  API_ENDPOINT: z.url().endsWith("/").describe("URL of the API's stage, with a slash at the end; jobs call it"),
});
