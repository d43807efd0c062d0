import type { BatchClient } from "@aws-sdk/client-batch";
import type { Logger } from "../../runtime/logger.ts";
import { retireJobDefinitions } from "../batch/job-definitions.ts";
import type { Job } from "../model/job.ts";
import { isJobId } from "../model/keys.ts";
import type { Ending, JobProgressStore } from "../store/job-progress.ts";
import type { BatchJob } from "./event.ts";
import { failureReason } from "./failure-reason.ts";

export interface Dependencies {
  readonly jobs: JobProgressStore;
  readonly batch: BatchClient;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/**
 * Brings a job to where Batch says it is. Events come twice, late and out of order: what they say counts only while the
 * job has not ended and is carried out by that very Batch job.
 *
 * @throws Error when the job is not there yet, and whatever may be gone at the next try; the event then comes again
 */
export async function follow(batchJob: BatchJob, deps: Dependencies): Promise<void> {
  const { jobs, clock, logger } = deps;
  if (!isJobId(batchJob.jobName)) return logger.info("not a job of ours");
  const ref = await jobs.findById(batchJob.jobName);
  const job = ref && (await jobs.find(ref));
  if (!job) throw new Error("no job of that id is stored, or not yet");
  if (!isCarriedOutBy(job, batchJob)) return logger.warn("another Batch job of the same name");

  const { jobId: batch_job_id, startedAt: started_at, status } = batchJob;
  const log_stream_name = batchJob.container.logStreamName;
  if (status === "RUNNING") return jobs.recordRunning(ref, { batch_job_id, started_at, log_stream_name }, clock());
  if (status !== "SUCCEEDED" && status !== "FAILED") return logger.info("nothing to follow", { status });

  const ended = await jobs.end(
    ref,
    (now) => (isCarriedOutBy(now, batchJob) ? ending(now, batchJob) : undefined),
    clock(),
  );
  logger.info(ended ? "ended" : "had ended before");
  // Also after an end that came before: the delivery that wrote it may not have come this far.
  await retireJobDefinitions(deps.batch, job.job_id);
}

/** A job that knows no Batch job yet takes the first that reports, if it was about to be submitted at all. */
const isCarriedOutBy = (job: Job, { jobId }: BatchJob): boolean =>
  job.batch_job_id === undefined ? job.submitting_at !== undefined : job.batch_job_id === jobId;

function ending(job: Job, batchJob: BatchJob): Ending {
  const { exitCode, logStreamName } = batchJob.container;
  const status = batchJob.status === "SUCCEEDED" ? "SUCCEEDED" : job.status === "STOPPING" ? "STOPPED" : "FAILED";
  return {
    status,
    batch_job_id: batchJob.jobId,
    ...(batchJob.startedAt !== undefined && { started_at: batchJob.startedAt }),
    ...(batchJob.stoppedAt !== undefined && { completed_at: batchJob.stoppedAt }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
    ...(logStreamName !== undefined && { log_stream_name: logStreamName }),
    ...(status === "FAILED" && { failure_reason: failureReason(batchJob) }),
  };
}
