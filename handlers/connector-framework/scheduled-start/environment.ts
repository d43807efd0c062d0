import * as z from "zod";

/** Variables of the function that starts jobs at their times. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  JOB_QUOTA: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(1))
    .describe("Jobs of a tenant that may be under way at one time"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
  SCHEDULE_GROUP: z.string().min(1).describe("Name of the group of connectors' schedules"),
});
