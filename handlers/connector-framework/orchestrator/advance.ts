import type { Logger } from "../../runtime/logger.ts";
import { cleanUpAfter, endAsBatchDid } from "../batch/ending.ts";
import { hasEnded } from "../batch/job.ts";
import { terminationReasons } from "../batch/termination.ts";
import { type AllowList, notAllowed } from "../model/allow-list.ts";
import type { Connector } from "../model/connector.ts";
import { isFinal, type Job, shortenReason } from "../model/job.ts";
import type { JobRef } from "../model/keys.ts";
import { shadowedSecrets } from "../model/shadowed-secrets.ts";
import type { ConnectorReader } from "../store/connector-reader.ts";
import type { Ending, JobProgressStore } from "../store/job-progress.ts";
import type { BatchJobs } from "./batch-jobs.ts";
import { type JobSettings, jobDefinition, jobTags } from "./job-definition.ts";
import { askUntilListed, type Waiting } from "./patience.ts";
import { refusedForGood, wasNotTaken } from "./refusal.ts";

export interface Dependencies extends Waiting {
  readonly connectors: Pick<ConnectorReader, "find">;
  readonly jobs: JobProgressStore;
  readonly batch: BatchJobs;
  /** What connectors may name: checked again, since it may have become less since they were registered. */
  readonly allowed: AllowList;
  readonly settings: JobSettings;
  readonly logger: Logger;
}

const stopReason = "Stopped by a client of the connector framework";
const releaseReason = "Released by a client of the connector framework";

/**
 * Takes a job as far as it goes by its present state: a started one into Batch, a stopping one to its end. Nothing is
 * left for its own writes to set off. Safe to repeat and to run twice at once, since each step is written only if the
 * state it was decided by still holds.
 *
 * @throws whatever may be gone at the next try; the stream then delivers the record again
 */
export async function advance(ref: JobRef, deps: Dependencies): Promise<void> {
  const job = await deps.jobs.find(ref);
  if (!job) return deps.logger.info("job is gone");
  deps.logger.appendKeys({ connector_id: job.connector_id });
  const { status, batch_job_id, released_at } = job;
  if (status === "STARTED" && batch_job_id === undefined) return submit(job, ref, deps);
  if (status === "STOPPING" && batch_job_id === undefined) return stopUnsubmitted(job, ref, deps);
  if (status === "STOPPING" && batch_job_id !== undefined) return stopSubmitted({ ...job, batch_job_id }, ref, deps);
  if (status === "STOPPED" && released_at !== undefined) return endReleased(job, deps);
  deps.logger.info("nothing to do", { status });
}

async function submit(job: Job, ref: JobRef, deps: Dependencies): Promise<void> {
  const { batch, jobs, clock } = deps;
  const submitted = await findSubmitted(job, deps);
  if (submitted) return adoptFirst(submitted, ref, deps);

  const connector = await deps.connectors.find({ tenant: ref.tenant, connectorId: job.connector_id });
  if (connector?.current_job_id !== job.job_id) return fail("The connector is not held by this job", job, ref, deps);
  const problem = cannotRun(job, connector, deps);
  if (problem !== undefined) return fail(problem, job, ref, deps);

  // The intent makes any other delivery wait. It is there before the definitions change, for they are this one's then.
  const intended = await jobs.recordIntent(job, clock());
  if (!intended) return advance(ref, deps);
  let definitionArn: string;
  try {
    // A submission still on its way under an older intent finds its definition retired.
    await batch.retireDefinitions(job.job_id);
    definitionArn = await batch.register(jobDefinition(job, connector, deps.settings));
  } catch (error) {
    return giveUp(error, { intended, submitted: false }, ref, deps);
  }

  // Renewed, so that its age is that of the submission. From here on a crash leaves it open if Batch has the job.
  const submitting = await jobs.recordIntent(intended, clock());
  if (!submitting) {
    await jobs.withdrawIntent(intended);
    return advance(ref, deps);
  }
  let batchJobId: string;
  try {
    const { timeout: timeoutSeconds, attempts, capacity } = connector.container_properties;
    const runs = { capacity, timeoutSeconds, attempts };
    batchJobId = await batch.submit({ jobId: job.job_id, definitionArn, ...runs, tags: jobTags(job) });
  } catch (error) {
    return giveUp(error, { intended: submitting, submitted: !wasNotTaken(error) }, ref, deps);
  }
  deps.logger.info("submitted", { batch_job_id: batchJobId });
  await adopt(batchJobId, ref, deps);
}

/** Why a connector as it is now cannot carry the job out, in words for its owner. */
function cannotRun(job: Job, connector: Connector, { allowed }: Dependencies): string | undefined {
  const problems = notAllowed(allowed, connector.container_properties);
  if (problems.length > 0) return `The connector names what this framework does not allow: ${problems.join("; ")}`;
  const shadowed = shadowedSecrets(job.environment, connector).map((index) => job.environment[index]?.name);
  if (shadowed.length > 0) return `The job's environment names secrets of the connector: ${shadowed.join(", ")}`;
  return undefined;
}

/**
 * Ends a job that Batch refuses for good. Otherwise leaves the way free for the next delivery, unless Batch may have
 * the job.
 *
 * @throws the error, when there shall be a next delivery
 */
async function giveUp(
  error: unknown,
  { intended, submitted }: { readonly intended: Job; readonly submitted: boolean },
  ref: JobRef,
  deps: Dependencies,
): Promise<void> {
  const reason = refusedForGood(error);
  if (reason !== undefined) {
    deps.logger.warn("refused by Batch", { error });
    return fail(reason, intended, ref, deps);
  }
  if (!submitted) await deps.jobs.withdrawIntent(intended);
  throw error;
}

async function stopUnsubmitted(job: Job, ref: JobRef, deps: Dependencies): Promise<void> {
  const submitted = await findSubmitted(job, deps);
  if (submitted) return adoptFirst(submitted, ref, deps);
  // A submission still on its way from a lost process finds its definition retired.
  await deps.batch.retireDefinitions(job.job_id);
  const unsubmitted = (now: Job): Ending | undefined =>
    now.batch_job_id === undefined ? { status: "STOPPED" } : undefined;
  if (await deps.jobs.end(ref, unsubmitted, deps.clock())) return deps.logger.info("stopped before it was submitted");
  return advance(ref, deps);
}

/**
 * Asks Batch to end the job it carries out; Batch's event then ends it here. One that has ended in Batch, or that Batch
 * does not know, ends now: its event may be lost.
 */
async function stopSubmitted(
  job: Job & { readonly batch_job_id: string },
  ref: JobRef,
  deps: Dependencies,
): Promise<void> {
  const { batch_job_id } = job;
  const found = await askUntilListed(job, () => deps.batch.describe(batch_job_id), deps);
  if (found && hasEnded(found)) return void (await endAsBatchDid(found, ref, deps));
  if (found) {
    await deps.batch.terminate(batch_job_id, stopReason);
    return deps.logger.info("asked Batch to terminate", { batch_job_id });
  }
  deps.logger.warn("Batch has no such job to terminate", { batch_job_id });
  await deps.jobs.end(ref, () => ({ status: "STOPPED" }), deps.clock());
  await cleanUpAfter(ref.jobId, deps);
}

/**
 * Tells Batch to end whatever may run of a job that a client gave up on: here it has ended, and its connector may have
 * another job by now.
 */
async function endReleased(job: Job, deps: Dependencies): Promise<void> {
  const { batch, logger } = deps;
  // A submission still on its way from a lost process finds its definition retired.
  await batch.retireDefinitions(job.job_id);
  const submitted = job.batch_job_id !== undefined ? [job.batch_job_id] : ((await findSubmitted(job, deps)) ?? []);
  for (const batch_job_id of submitted) {
    const found = await askUntilListed(job, () => batch.describe(batch_job_id), deps);
    if (!found || hasEnded(found)) continue;
    await batch.terminate(batch_job_id, releaseReason);
    logger.info("asked Batch to terminate", { batch_job_id });
  }
}

/** Batch's ids of a job that an earlier delivery set out to submit, oldest first; undefined when there is none. */
async function findSubmitted(job: Job, deps: Dependencies): Promise<[string, ...string[]] | undefined> {
  if (job.submitting_at === undefined) return undefined;
  return askUntilListed(
    job,
    async () => {
      const [first, ...others] = await deps.batch.findByName(job.job_id);
      return first === undefined ? undefined : [first, ...others];
    },
    deps,
  );
}

/** Makes the oldest Batch job the job's own before it ends the others: their ends are not the job's then. */
async function adoptFirst([first, ...others]: [string, ...string[]], ref: JobRef, deps: Dependencies): Promise<void> {
  await adopt(first, ref, deps);
  const own = (await deps.jobs.find(ref))?.batch_job_id;
  for (const other of others)
    if (other !== own) await deps.batch.terminate(other, "Submitted twice: the earlier job goes on");
}

/** Makes a Batch job the job's own, and ends it at once if the job does not want it any more. */
async function adopt(batchJobId: string, ref: JobRef, deps: Dependencies): Promise<void> {
  const before = await deps.jobs.attach(ref, batchJobId, deps.clock());
  const known = before?.batch_job_id;
  if (known !== undefined && known !== batchJobId)
    return deps.batch.terminate(batchJobId, "Submitted twice: the other job goes on");
  if (before?.status === "STOPPING") return stopSubmitted({ ...before, batch_job_id: batchJobId }, ref, deps);
  // A job that ended with this very Batch job was overtaken by its event: both have ended. Any other end came first.
  const endedWithout = before === undefined || (isFinal(before.status) && known === undefined);
  if (endedWithout) await deps.batch.terminate(batchJobId, terminationReasons.ended);
}

/**
 * Ends a job that cannot be submitted: as FAILED, or as STOPPED if that was asked for meanwhile. One that another
 * delivery has taken up since it was seen goes on.
 */
async function fail(reason: string, seen: Job, ref: JobRef, deps: Dependencies): Promise<void> {
  const failed = ({ status, batch_job_id, submitting_at }: Job): Ending | undefined => {
    if (batch_job_id !== undefined || submitting_at !== seen.submitting_at) return undefined;
    return status === "STOPPING" ? { status: "STOPPED" } : { status: "FAILED", failure_reason: shortenReason(reason) };
  };
  if (!(await deps.jobs.end(ref, failed, deps.clock()))) return advance(ref, deps);
  deps.logger.info("ended before it ran");
  await cleanUpAfter(ref.jobId, deps);
}
