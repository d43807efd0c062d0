import * as z from "zod";
import { quota } from "../model/quota.ts";

/** Variables of the function that starts jobs at their times. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  JOB_QUOTA: quota.describe("Jobs of a tenant that may be under way at one time"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
  SCHEDULE_GROUP: z.string().min(1).describe("Name of the group of connectors' schedules"),
});
