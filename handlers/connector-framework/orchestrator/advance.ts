import type { Logger } from "../../runtime/logger.ts";
import { isFinal, type Job, shortenReason } from "../model/job.ts";
import type { JobRef } from "../model/keys.ts";
import type { ConnectorStore } from "../store/connectors.ts";
import type { Ending, JobProgressStore } from "../store/job-progress.ts";
import type { BatchJobs } from "./batch-jobs.ts";
import { type JobSettings, jobDefinition, jobTags } from "./job-definition.ts";
import { refusedForGood, wasNotTaken } from "./refusal.ts";

export interface Dependencies {
  readonly connectors: Pick<ConnectorStore, "find">;
  readonly jobs: JobProgressStore;
  readonly batch: BatchJobs;
  readonly settings: JobSettings;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** Seconds after which a submitted job is sure to be in Batch's lists; a younger intent is looked at again later. */
export const listedAfter = 10;

const stopReason = "Stopped by a client of the connector framework";

/**
 * Takes a job one step further by its present state. Safe to repeat and to run twice at once, since each step is
 * written only if the state it was decided by still holds.
 *
 * @throws whatever may be gone at the next try; the stream then delivers the record again
 */
export async function advance(ref: JobRef, deps: Dependencies): Promise<void> {
  const job = await deps.jobs.find(ref);
  if (!job) return deps.logger.info("job is gone");
  if (job.status === "STARTED" && job.batch_job_id === undefined) return submit(job, ref, deps);
  if (job.status === "STOPPING") return stop(job, ref, deps);
  deps.logger.info("nothing to do", { status: job.status });
}

async function submit(job: Job, ref: JobRef, deps: Dependencies): Promise<void> {
  const { batch, jobs, clock } = deps;
  const submitted = await findSubmitted(job, deps);
  if (submitted !== undefined) return adopt(submitted, ref, deps);

  const connector = await deps.connectors.find({ tenant: ref.tenant, connectorId: job.connector_id });
  if (connector?.current_job_id !== job.job_id) return fail("The connector is not held by this job", ref, deps);

  const definitionArn = await refusable(() => batch.register(jobDefinition(job, connector, deps.settings)), ref, deps);
  if (definitionArn === undefined) return;

  // From here on a crash leaves it open if Batch has the job; the intent makes the next delivery look first.
  if (!(await jobs.recordIntent(job, clock()))) return advance(ref, deps);
  const submission = {
    jobId: job.job_id,
    definitionArn,
    timeoutSeconds: connector.container_properties.timeout,
    tags: jobTags(job),
  };
  const batchJobId = await refusable(() => batch.submit(submission), ref, deps).catch(async (error: unknown) => {
    if (wasNotTaken(error)) await jobs.withdrawIntent(ref);
    throw error;
  });
  if (batchJobId === undefined) return;
  deps.logger.info("submitted", { batch_job_id: batchJobId });
  await adopt(batchJobId, ref, deps);
}

async function stop(job: Job, ref: JobRef, deps: Dependencies): Promise<void> {
  if (job.batch_job_id !== undefined) return terminate(job.batch_job_id, ref, deps);
  const submitted = await findSubmitted(job, deps);
  if (submitted !== undefined) return adopt(submitted, ref, deps);
  // A submission still on its way from a lost process finds its definition retired.
  await deps.batch.retireDefinitions(job.job_id);
  const unsubmitted = (now: Job): Ending | undefined =>
    now.batch_job_id === undefined ? { status: "STOPPED" } : undefined;
  if (await deps.jobs.end(ref, unsubmitted, deps.clock())) return deps.logger.info("stopped before it was submitted");
  return advance(ref, deps);
}

/**
 * Batch's id of a job that an earlier delivery set out to submit.
 *
 * @throws Error while it is too early to say that there is none
 */
async function findSubmitted(job: Job, { batch, clock }: Dependencies): Promise<string | undefined> {
  if (job.submitting_at === undefined) return undefined;
  const [first, ...others] = await batch.findByName(job.job_id);
  for (const other of others) await batch.terminate(other, "Submitted twice: the earlier job goes on");
  const age = clock().getTime() - Date.parse(job.submitting_at);
  if (first === undefined && age < listedAfter * 1000)
    throw new Error("an earlier delivery may have submitted the job: Batch's list is asked again later");
  return first;
}

/** Makes a Batch job the job's own, and ends it at once if the job does not want it any more. */
async function adopt(batchJobId: string, ref: JobRef, deps: Dependencies): Promise<void> {
  const before = await deps.jobs.attach(ref, batchJobId, deps.clock());
  const known = before?.batch_job_id;
  if (known !== undefined && known !== batchJobId)
    return deps.batch.terminate(batchJobId, "Submitted twice: the other job goes on");
  if (before?.status === "STOPPING") return terminate(batchJobId, ref, deps);
  // A job that ended with this very Batch job was overtaken by its event: both have ended. Any other end came first.
  const endedWithout = before === undefined || (isFinal(before.status) && known === undefined);
  if (endedWithout) await deps.batch.terminate(batchJobId, "The job has ended in the connector framework");
}

/** Asks Batch to end a job that is stopping; Batch's event then ends it here. One that Batch does not know ends now. */
async function terminate(batchJobId: string, ref: JobRef, deps: Dependencies): Promise<void> {
  try {
    await deps.batch.terminate(batchJobId, stopReason);
    deps.logger.info("asked Batch to terminate", { batch_job_id: batchJobId });
  } catch (error) {
    if (refusedForGood(error) === undefined) throw error;
    deps.logger.warn("Batch has no such job to terminate", { batch_job_id: batchJobId, error });
    await deps.jobs.end(ref, () => ({ status: "STOPPED" }), deps.clock());
  }
}

/** Asks Batch for something; when it refuses for good, the job ends with the reason and nothing is returned. */
async function refusable<Result>(
  ask: () => Promise<Result>,
  ref: JobRef,
  deps: Dependencies,
): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    const reason = refusedForGood(error);
    if (reason === undefined) throw error;
    deps.logger.warn("refused by Batch", { error });
    await fail(reason, ref, deps);
    return undefined;
  }
}

/** Ends a job that cannot be submitted: as FAILED, or as STOPPED if that was asked for meanwhile. */
async function fail(reason: string, ref: JobRef, deps: Dependencies): Promise<void> {
  await deps.batch.retireDefinitions(ref.jobId);
  const failed = ({ status, batch_job_id }: Job): Ending | undefined => {
    if (batch_job_id !== undefined) return undefined;
    return status === "STOPPING" ? { status: "STOPPED" } : { status: "FAILED", failure_reason: shortenReason(reason) };
  };
  if (await deps.jobs.end(ref, failed, deps.clock())) deps.logger.info("ended before it ran");
}
