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
  createdAt: moment,
  /** When the present attempt began; the attempts before it are below. */
  startedAt: moment,
  stoppedAt: moment,
  /** Those that are over. */
  attempts: z.array(z.object({ stoppedAt: moment })).optional(),
  /** Of one attempt. */
  timeout: z.object({ attemptDurationSeconds: z.int().optional() }).optional(),
  /** Told to end, though it may not have yet. */
  isCancelled: z.boolean().optional(),
  isTerminated: z.boolean().optional(),
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

/** If a job that has not ended was told to: whoever tells it again changes nothing. */
export const isEnding = ({ isCancelled = false, isTerminated = false }: BatchJob): boolean =>
  isCancelled || isTerminated;

const waitingStatuses: readonly string[] = ["SUBMITTED", "PENDING", "RUNNABLE"];

/** If a job has no place yet for its next attempt. */
export const isWaiting = ({ status }: Pick<BatchJob, "status">): boolean => waitingStatuses.includes(status);

/** Since when the present attempt has waited or run at most: the end of the one before, or the job's beginning. */
export const attemptSince = ({ createdAt, startedAt, attempts = [] }: BatchJob): string | undefined =>
  [createdAt, startedAt, attempts.at(-1)?.stoppedAt]
    .filter((moment) => moment !== undefined)
    .sort()
    .at(-1);
