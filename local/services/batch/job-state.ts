import type { Job, JobDetail, JobStatus } from "./model.ts";
import { type FailedAttempt, isRetried } from "./retry.ts";

// The life of a job as pure functions: each takes a job and returns the changed one. Times are epoch milliseconds.

/** Batch User Guide, "Job states". Jobs here have no dependencies, so none is ever PENDING. */
export const nextStatuses: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  SUBMITTED: ["RUNNABLE", "FAILED"],
  PENDING: [],
  RUNNABLE: ["STARTING", "FAILED"],
  STARTING: ["RUNNING", "RUNNABLE", "FAILED"],
  RUNNING: ["RUNNABLE", "SUCCEEDED", "FAILED"],
  SUCCEEDED: [],
  FAILED: [],
};

export const isTerminal = (status: JobStatus): boolean => status === "SUCCEEDED" || status === "FAILED";

/** Whether a container belongs to the job: what CancelJob leaves alone, and what takes vCPUs. */
export const isPlaced = (status: JobStatus): boolean => status === "STARTING" || status === "RUNNING";

/** How an attempt ended, and when. */
export interface AttemptEnd extends FailedAttempt {
  readonly at: number;
}

export function runnable(job: Job): Job {
  return move(job, "RUNNABLE", {});
}

export function starting(job: Job, computeEnvironment: string): Job {
  return { ...move(job, "STARTING", {}), computeEnvironment };
}

export interface StartedContainer {
  readonly process: NonNullable<Job["process"]>;
  readonly taskArn: string;
  readonly logStreamName: string;
  readonly at: number;
}

export function running(job: Job, { process, taskArn, logStreamName, at }: StartedContainer): Job {
  const container = { ...job.detail.container, taskArn, logStreamName };
  return { ...move(job, "RUNNING", { startedAt: at, container }), process };
}

/** The job will end as FAILED with this reason when its process is gone. The first reason stays. */
export function stopping(job: Job, reason: string): Job {
  return { ...job, stopping: job.stopping ?? reason };
}

/** A job without a container ends at once, and no attempt is counted. */
export function endedBeforeRunning(job: Job, reason: string, at: number): Job {
  return unplaced(move(job, "FAILED", { statusReason: reason, stoppedAt: at }));
}

/** The attempt's end makes the job SUCCEEDED, FAILED or, with attempts left, RUNNABLE again. */
export function attemptEnded(job: Job, end: AttemptEnd): Job {
  const statusReason = job.stopping ?? end.statusReason;
  const container = { ...job.detail.container, exitCode: end.exitCode, reason: end.reason };
  const { taskArn, exitCode, reason, logStreamName } = container;
  const attempt = {
    container: { taskArn, exitCode, reason, logStreamName, networkInterfaces: [] },
    startedAt: job.detail.startedAt,
    stoppedAt: end.at,
    statusReason,
  };
  const attempts = [...job.detail.attempts, attempt];
  const over = { attempts, container, statusReason, stoppedAt: end.at };
  if (job.stopping !== undefined) return unplaced(move(job, "FAILED", over));
  if (end.exitCode === 0) return unplaced(move(job, "SUCCEEDED", over));
  if (!isRetried(job.detail.retryStrategy, attempts.length, end)) return unplaced(move(job, "FAILED", over));
  return unplaced(move(job, "RUNNABLE", { attempts, container: withoutTask(container), startedAt: undefined }));
}

function move(job: Job, status: JobStatus, changes: Partial<JobDetail>): Job {
  if (!nextStatuses[job.detail.status].includes(status)) {
    throw new Error(`job ${job.detail.jobId} cannot go from ${job.detail.status} to ${status}`);
  }
  return { ...job, detail: { ...job.detail, ...changes, status } };
}

function unplaced(job: Job): Job {
  const { computeEnvironment: _, process: __, ...rest } = job;
  return rest;
}

function withoutTask(container: JobDetail["container"]): JobDetail["container"] {
  const { taskArn: _, exitCode: __, reason: ___, logStreamName: ____, ...rest } = container;
  return rest;
}
