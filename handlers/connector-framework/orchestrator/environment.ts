import * as z from "zod";

/** Variables of the function that turns job records into Batch jobs. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  JOB_QUEUE: z.string().min(1).describe("ARN of the Batch queue that jobs are submitted to"),
  API_ENDPOINT: z.url().endsWith("/").describe("URL of the API's stage, with a slash at the end; jobs call it"),
});
