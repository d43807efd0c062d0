import * as z from "zod";

/** Milliseconds since the epoch; Batch writes 0 or nothing where a moment has not come. */
const moment = z
  .int()
  .nonnegative()
  .transform((milliseconds) => (milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined))
  .optional();

/**
 * What is read of EventBridge's "Batch Job State Change" (AWS Batch: Batch Job State Change events). The container's
 * environment is not: whoever starts a job sets part of it.
 */
export const batchJobStateChange = z.object({
  source: z.literal("aws.batch"),
  "detail-type": z.literal("Batch Job State Change"),
  detail: z.object({
    jobName: z.string(),
    jobId: z.string(),
    status: z.string(),
    statusReason: z.string().optional(),
    startedAt: moment,
    stoppedAt: moment,
    container: z
      .object({
        /** Absent when the container never ran or its host was lost. */
        exitCode: z.int().optional(),
        reason: z.string().optional(),
        logStreamName: z.string().optional(),
      })
      .default({}),
  }),
});

export type BatchJob = z.output<typeof batchJobStateChange>["detail"];
