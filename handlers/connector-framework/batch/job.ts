import * as z from "zod";

/** Milliseconds since the epoch; Batch writes 0 or nothing where a moment has not come. */
const moment = z
  .int()
  .nonnegative()
  .transform((milliseconds) => (milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined))
  .optional();

/**
 * What is read of a job as Batch describes it, in its events and its answers alike (AWS Batch API: JobDetail). The
 * container's environment is not: whoever starts a job sets part of it.
 */
export const batchJob = z.object({
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
});

export type BatchJob = z.output<typeof batchJob>;

/** If a job has come to its end in Batch: its status never changes again. */
export const hasEnded = ({ status }: Pick<BatchJob, "status">): boolean =>
  status === "SUCCEEDED" || status === "FAILED";
