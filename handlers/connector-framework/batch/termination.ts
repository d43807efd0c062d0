import { isCarriedOutBy, isFinal, type Job } from "../model/job.ts";

/** Why jobs are told to end, in words for their connectors' owners: each becomes the Batch job's status reason. */
export const terminationReasons = {
  ended: "The job has ended in the connector framework",
  others: "The job is carried out by another Batch job",
  unknown: "The connector framework has no such job",
  ranTooLong: "The job ran longer than the connector's timeout allows",
  waitedTooLong: "The job waited longer for capacity than the connector framework allows",
} as const;

/**
 * Why a Batch job of a job's name must not go on; undefined when it may.
 *
 * @throws Error when it cannot be said yet if it carries the job out
 */
export function reasonToTerminate(
  job: Pick<Job, "status" | "batch_job_id" | "submitting_at">,
  batchJobId: string,
): string | undefined {
  if (!isCarriedOutBy(job, batchJobId)) return terminationReasons.others;
  if (isFinal(job.status)) return terminationReasons.ended;
  return undefined;
}
