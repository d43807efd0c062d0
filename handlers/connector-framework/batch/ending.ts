import type { Logger } from "../../runtime/logger.ts";
import { isCarriedOutBy, type Job } from "../model/job.ts";
import type { JobRef } from "../model/keys.ts";
import type { Ending, JobProgressStore } from "../store/job-progress.ts";
import { failureReason } from "./failure-reason.ts";
import type { BatchJob } from "./job.ts";
import type { JobControl } from "./job-control.ts";

export interface Dependencies {
  readonly jobs: Pick<JobProgressStore, "end">;
  readonly batch: Pick<JobControl, "retireDefinitions">;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/**
 * Ends a job as the Batch job that carries it out has ended. One that has ended before, or that another Batch job
 * carries out, stays as it is.
 *
 * @returns if this call ended it
 * @throws Error when it cannot be said yet if it is carried out by that Batch job
 */
export async function endAsBatchDid(batchJob: BatchJob, ref: JobRef, deps: Dependencies): Promise<boolean> {
  const { jobs, clock, logger } = deps;
  let status: Ending["status"] | undefined;
  const decide = (job: Job) => {
    const ending = isCarriedOutBy(job, batchJob.jobId) ? endingOf(job, batchJob) : undefined;
    status = ending?.status;
    return ending;
  };
  const ended = await jobs.end(ref, decide, clock());
  if (ended) logger.info("ended", { status });
  else logger.info("had ended before");
  // Also after an end that came before: the delivery that wrote it may not have come this far.
  await cleanUpAfter(ref.jobId, deps);
  return ended;
}

/** Retires the definitions of a job that has ended. One that stays active does no harm: the failure is only logged. */
export async function cleanUpAfter(
  jobId: string,
  { batch, logger }: Pick<Dependencies, "batch" | "logger">,
): Promise<void> {
  try {
    await batch.retireDefinitions(jobId);
  } catch (error) {
    logger.warn("the job's definition stays active", { error });
  }
}

function endingOf(job: Job, batchJob: BatchJob): Ending {
  const { exitCode, logStreamName } = batchJob.container;
  const status = batchJob.status === "SUCCEEDED" ? "SUCCEEDED" : job.status === "STOPPING" ? "STOPPED" : "FAILED";
  return {
    status,
    batch_job_id: batchJob.jobId,
    ...(batchJob.startedAt !== undefined && { started_at: batchJob.startedAt }),
    ...(batchJob.stoppedAt !== undefined && { completed_at: batchJob.stoppedAt }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
    ...(batchJob.attempts !== undefined && { attempts: batchJob.attempts.length }),
    ...(logStreamName !== undefined && { log_stream_name: logStreamName }),
    ...(status === "FAILED" && { failure_reason: failureReason(batchJob) }),
  };
}
