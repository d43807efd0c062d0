import type { Job } from "../model/job.ts";
import type { JobRef } from "../model/keys.ts";
import type { JobProgressStore } from "../store/job-progress.ts";
import type { BatchJob } from "./job.ts";

/**
 * Notes that a job's container runs, once.
 *
 * @returns the job as it is then, undefined when there is none
 * @throws Error when it cannot be said yet if the job is carried out by that Batch job
 */
export const noteRunning = (
  { jobId: batch_job_id, startedAt: started_at, container: { logStreamName: log_stream_name } }: BatchJob,
  ref: JobRef,
  { jobs, clock }: { readonly jobs: Pick<JobProgressStore, "recordRunning">; readonly clock: () => Date },
): Promise<Job | undefined> => jobs.recordRunning(ref, { batch_job_id, started_at, log_stream_name }, clock());
