import * as z from "zod";
import { batchJob } from "../batch/job.ts";

/** What is read of EventBridge's "Batch Job State Change" (AWS Batch: Batch Job State Change events). */
export const batchJobStateChange = z.object({
  source: z.literal("aws.batch"),
  "detail-type": z.literal("Batch Job State Change"),
  detail: batchJob,
});
