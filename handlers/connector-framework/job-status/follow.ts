import type { Logger } from "../../runtime/logger.ts";
import { endAsBatchDid } from "../batch/ending.ts";
import { type BatchJob, hasEnded } from "../batch/job.ts";
import type { JobControl } from "../batch/job-control.ts";
import { listedAfter } from "../batch/lag.ts";
import { noteRunning } from "../batch/running.ts";
import { reasonToTerminate, terminationReasons } from "../batch/termination.ts";
import { isCarriedOutBy } from "../model/job.ts";
import { isJobId } from "../model/keys.ts";
import type { JobProgressStore } from "../store/job-progress.ts";

export interface Dependencies {
  readonly jobs: JobProgressStore;
  readonly batch: Pick<JobControl, "retireDefinitions" | "terminate">;
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
  if (!job) return followWithoutJob(batchJob, deps);

  logger.appendKeys({ tenant: ref.tenant, connector_id: job.connector_id });

  if (hasEnded(batchJob)) {
    if (!isCarriedOutBy(job, batchJob.jobId)) return logger.warn("another Batch job of the same name");
    await endAsBatchDid(batchJob, ref, deps);
    return;
  }
  const now = batchJob.status === "RUNNING" ? await noteRunning(batchJob, ref, deps) : job;
  if (!now) return logger.info("the job is gone");
  const reason = reasonToTerminate(now, batchJob.jobId);
  if (reason === undefined) return;
  logger.warn("terminated", { reason });
  await deps.batch.terminate(batchJob.jobId, reason);
}

/**
 * A Batch job whose job is not stored: it was deleted with its connector, or the index does not know it yet.
 *
 * @throws Error while it may be the latter
 */
async function followWithoutJob(batchJob: BatchJob, { batch, clock, logger }: Dependencies): Promise<void> {
  const { createdAt } = batchJob;
  if (createdAt === undefined || clock().getTime() - Date.parse(createdAt) < listedAfter * 1000)
    throw new Error("no job of that id is stored, or not yet");
  if (hasEnded(batchJob)) return logger.info("the job was deleted");
  logger.warn("terminated", { reason: terminationReasons.unknown });
  await batch.terminate(batchJob.jobId, terminationReasons.unknown);
}
