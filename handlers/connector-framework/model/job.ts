import * as z from "zod";
import { type JobStatus, jobStatuses } from "../contract/schemas.ts";

/** A job as it is stored. Members are the item's attributes. */
export const storedJob = z.object({
  custom_connector_arn_prefix: z.string(),
  job_id: z.string(),
  connector_id: z.string(),
  connector_arn: z.string(),
  status: z.enum(jobStatuses),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  created_at: z.string(),
  updated_at: z.string(),
  /**
   * The intent: when an orchestrator set out to submit. From then on Batch may know the job, whatever else is stored. Who
   * finds another's intent leaves the job to it until the intent is old.
   */
  submitting_at: z.string().optional(),
  /** While the job has not ended: when it was started. What tells those jobs from all others in an index. */
  open_since: z.string().optional(),
  /** When the reconciler last asked for the job to be taken up again; gone when an orchestrator sets out to submit. */
  nudged_at: z.string().optional(),
  /** When a client freed the connector without waiting for the container's end. */
  released_at: z.string().optional(),
  batch_job_id: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  failure_reason: z.string().optional(),
  exit_code: z.int().optional(),
  attempts: z.int().optional(),
  log_stream_name: z.string().optional(),
  /** Epoch seconds at which DynamoDB forgets the job. */
  ttl: z.int().optional(),
});

export type Job = z.output<typeof storedJob>;

/** A job as lists know it. */
export const listedJob = storedJob.omit({
  environment: true,
  submitting_at: true,
  open_since: true,
  nudged_at: true,
  released_at: true,
  ttl: true,
});

export type ListedJob = z.output<typeof listedJob>;

/** Statuses that never change again. */
export type FinalStatus = Extract<JobStatus, "SUCCEEDED" | "FAILED" | "STOPPED">;

export const isFinal = (status: JobStatus): status is FinalStatus =>
  status === "SUCCEEDED" || status === "FAILED" || status === "STOPPED";

/**
 * If a Batch job is the one that carries a job out. A job that knows none takes the first that reports, if there was an
 * intent to submit it.
 *
 * @throws Error when a job that has not ended knows of no submission: what reports may be ahead of what is stored
 */
export function isCarriedOutBy(
  job: Pick<Job, "status" | "batch_job_id" | "submitting_at">,
  batchJobId: string,
): boolean {
  if (job.batch_job_id !== undefined) return job.batch_job_id === batchJobId;
  if (job.submitting_at !== undefined) return true;
  if (isFinal(job.status)) return false;
  throw new Error("the job knows of no submission, or not yet");
}

/** Statuses from which a client may ask for a job's end. */
export const stoppableStatuses = ["STARTED", "RUNNING"] as const satisfies readonly JobStatus[];

/** Seconds a job is kept after its end. */
export const keptAfterEnd = 7 * 24 * 3600;

/** Characters of a failure reason. */
const reasonLength = 1024;

/** A failure reason no longer than the API tells. */
export const shortenReason = (reason: string): string =>
  reason.length > reasonLength ? `${reason.slice(0, reasonLength - 1)}…` : reason;
