import * as z from "zod";
import { patterns } from "../model/allow-list.ts";
import { quota } from "../model/quota.ts";

/** Variables of the function that serves the API. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  DOCUMENTS_TABLE: z.string().min(1).describe("Name of the table of document checksums"),
  PAGE_TOKEN_KEY: z.string().min(1).describe("ARN of the KMS key that authenticates page tokens"),
  CONNECTOR_ROLES: patterns.describe("Roles that connectors may name"),
  CONNECTOR_IMAGES: patterns.describe("Images that connectors may name"),
  CONNECTOR_QUOTA: quota.describe("Connectors a tenant may have"),
  JOB_QUOTA: quota.describe("Jobs of a tenant that may be under way at one time"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
  SCHEDULE_GROUP: z.string().min(1).describe("Name of the group of connectors' schedules"),
  SCHEDULE_FUNCTION: z.string().min(1).describe("ARN of the function that schedules invoke"),
  SCHEDULE_ROLE: z.string().min(1).describe("ARN of the role by which schedules invoke it"),
  SCHEDULE_DEAD_LETTERS: z.string().min(1).describe("ARN of the queue for what schedules could not hand over"),
});
