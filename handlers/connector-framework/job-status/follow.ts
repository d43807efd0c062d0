import type { Logger } from "../../runtime/logger.ts";
import { endAsBatchDid } from "../batch/ending.ts";
import { type BatchJob, hasEnded } from "../batch/job.ts";
import type { JobControl } from "../batch/job-control.ts";
import { isCarriedOutBy, isFinal, type Job } from "../model/job.ts";
import { isJobId, type JobRef } from "../model/keys.ts";
import type { JobProgressStore } from "../store/job-progress.ts";

export interface Dependencies {
  readonly jobs: JobProgressStore;
  readonly batch: JobControl;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/**
 * Brings a job to where Batch says it is, and Batch to where the job is. Events come twice, late and out of order: what
 * they say counts only while the job has not ended and is carried out by that very Batch job. Any other Batch job of
 * its name is terminated, as is its own once it has ended: that no container runs for a connector that is free, or
 * beside another, holds in the end whatever was lost on the way.
 *
 * @throws Error when the job, or that it was submitted, is not stored yet, and whatever may be gone at the next try; the
 *   event then comes again
 */
export async function follow(batchJob: BatchJob, deps: Dependencies): Promise<void> {
  const { jobs, logger } = deps;
  if (!isJobId(batchJob.jobName)) return logger.info("not a job of ours");
  const ref = await jobs.findById(batchJob.jobName);
  const job = ref && (await jobs.find(ref));
  if (!job) throw new Error("no job of that id is stored, or not yet");

  if (hasEnded(batchJob)) {
    if (isCarriedOutBy(job, batchJob.jobId)) return endAsBatchDid(batchJob, ref, deps);
    return logger.warn("another Batch job of the same name");
  }
  const now = batchJob.status === "RUNNING" ? await noteRunning(batchJob, ref, deps) : job;
  if (!now) return logger.info("the job is gone");
  if (!isCarriedOutBy(now, batchJob.jobId)) return terminate("The job is carried out by another Batch job");
  if (isFinal(now.status)) return terminate("The job has ended in the connector framework");

  async function terminate(reason: string): Promise<void> {
    logger.warn("terminated", { reason });
    await deps.batch.terminate(batchJob.jobId, reason);
  }
}

/** @returns the job as it is then */
async function noteRunning(
  { jobId: batch_job_id, startedAt: started_at, container: { logStreamName: log_stream_name } }: BatchJob,
  ref: JobRef,
  { jobs, clock }: Dependencies,
): Promise<Job | undefined> {
  return jobs.recordRunning(ref, { batch_job_id, started_at, log_stream_name }, clock());
}
