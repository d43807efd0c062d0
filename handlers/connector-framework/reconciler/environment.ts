import * as z from "zod";

/** Variables of the function that repairs what was lost on the way. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  JOB_QUEUE: z.string().min(1).describe("ARN of the Batch queue that jobs are submitted to"),
  SPOT_JOB_QUEUE: z.string().min(1).describe("ARN of the Batch queue for jobs on spare capacity"),
  WAITING_LIMIT_SECONDS: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(60))
    .describe("Seconds a job may wait in Batch before it is terminated"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
});
