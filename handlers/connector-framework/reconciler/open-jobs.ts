import { cleanUpAfter, endAsBatchDid } from "../batch/ending.ts";
import { attemptSince, type BatchJob, hasEnded, isEnding, isWaiting } from "../batch/job.ts";
import { listedAfter } from "../batch/lag.ts";
import { noteRunning } from "../batch/running.ts";
import { terminationReasons } from "../batch/termination.ts";
import { isFinal, type Job } from "../model/job.ts";
import type { JobRef } from "../model/keys.ts";
import type { Ending } from "../store/job-progress.ts";
import type { Part, PartDependencies } from "./part.ts";
import { eventsArriveWithin, isOver, orchestratorActsWithin, timeoutTakes } from "./patience.ts";
import type { Run } from "./run.ts";

/** Brings each job that has not ended to where Batch says it is, or has the orchestrator take it up again. */
export const lookAfterOpenJobs: Part = async (deps, run, start) => {
  let all = start === undefined;
  for await (const { from, items } of deps.openWork.jobs(start)) {
    const jobs: Job[] = [];
    const read = await run.each(items, refKeys, async (ref) => {
      const job = await deps.jobs.find(ref);
      if (job && !isFinal(job.status)) jobs.push(job);
    });
    if (!read) return { from };
    run.seen.openJobs += jobs.length;
    // Asked after the jobs were read, so that of the two it is Batch's word that is newer.
    const known = await run.attempt(() =>
      deps.batch.describeAll(jobs.flatMap(({ batch_job_id = [] }) => batch_job_id)),
    );
    if (!known) {
      all = false;
      continue;
    }
    const lookAt = (job: Job) => lookAfter(job, known.get(job.batch_job_id ?? ""), deps, run);
    if (!(await run.each(jobs, jobKeys, lookAt))) return { from };
  }
  run.seen.allJobs = all;
  return undefined;
};

async function lookAfter(job: Job, batchJob: BatchJob | undefined, deps: PartDependencies, run: Run): Promise<void> {
  if (job.batch_job_id === undefined) return nudge(job, deps, run);
  if (!batchJob) return endForgotten({ ...job, batch_job_id: job.batch_job_id }, deps, run);
  if (hasEnded(batchJob)) return noteEnd(job, batchJob, deps, run);
  if (isWaiting(batchJob)) noteWait(batchJob, deps, run);
  else await noteStart(job, batchJob, deps, run);
  if (job.status === "STOPPING") return nudge(job, deps, run);
  await terminateLate(batchJob, deps, run);
}

/** A job that stands still without a Batch job, or was to stop and goes on. */
async function nudge(job: Job, { jobs, clock }: PartDependencies, run: Run): Promise<void> {
  const now = clock();
  if (!isOver(orchestratorActsWithin, now, ...movesOf(job), job.nudged_at)) return;
  if (await jobs.nudge(job, now)) run.repaired("job-nudged", { status: job.status });
}

async function endForgotten(
  job: Job & { readonly batch_job_id: string },
  deps: PartDependencies,
  run: Run,
): Promise<void> {
  const now = deps.clock();
  if (!isOver(listedAfter, now, ...movesOf(job))) return;
  // An answer may leave a job out for another reason: its connector is not given away while one of its name lives.
  if (await deps.batch.hasLive(job.job_id)) return;
  const forgotten = ({ status, batch_job_id }: Job): Ending | undefined => {
    if (batch_job_id !== job.batch_job_id) return undefined;
    if (status === "STOPPING") return { status: "STOPPED" };
    return { status: "FAILED", failure_reason: "AWS Batch does not know the job any more" };
  };
  if (!(await deps.jobs.end(refOf(job), forgotten, now))) return;
  run.repaired("forgotten-job-ended");
  await cleanUpAfter(job.job_id, deps);
}

async function noteEnd(job: Job, batchJob: BatchJob, deps: PartDependencies, run: Run): Promise<void> {
  // One that never ran has no end of its own; then the job's last change stands for it.
  if (!isOver(eventsArriveWithin, deps.clock(), batchJob.stoppedAt ?? job.updated_at)) return;
  if (await endAsBatchDid(batchJob, refOf(job), deps)) run.repaired("end-noted", { batch_status: batchJob.status });
}

async function noteStart(job: Job, batchJob: BatchJob, deps: PartDependencies, run: Run): Promise<void> {
  if (job.started_at !== undefined || batchJob.startedAt === undefined) return;
  if (!isOver(eventsArriveWithin, deps.clock(), batchJob.startedAt)) return;
  await noteRunning(batchJob, refOf(job), deps);
  run.repaired("start-noted");
}

function noteWait(batchJob: BatchJob, { clock }: PartDependencies, { seen }: Run): void {
  const since = attemptSince(batchJob);
  if (since === undefined) return;
  seen.longestWaitSeconds = Math.max(seen.longestWaitSeconds, (clock().getTime() - Date.parse(since)) / 1000);
}

/** Terminates a job that waits too long for its place, or goes on after its timeout. Its end then says so. */
async function terminateLate(batchJob: BatchJob, deps: PartDependencies, run: Run): Promise<void> {
  if (!isLate(batchJob, deps)) return;
  // Asked again: it may have found its place, or come to its end, since the whole page was described.
  const now = await deps.batch.describe(batchJob.jobId);
  if (!now || !isLate(now, deps)) return;
  const waiting = now.status !== "RUNNING";
  await deps.batch.terminate(now.jobId, terminationReasons[waiting ? "waitedTooLong" : "ranTooLong"]);
  run.repaired(waiting ? "waiting-job-terminated" : "overdue-job-terminated");
}

function isLate(batchJob: BatchJob, { waitingLimit, clock }: PartDependencies): boolean {
  const since = attemptSince(batchJob);
  if (since === undefined || hasEnded(batchJob) || isEnding(batchJob)) return false;
  if (isWaiting(batchJob) || batchJob.status === "STARTING") return isOver(waitingLimit, clock(), since);
  const timeout = batchJob.timeout?.attemptDurationSeconds;
  return batchJob.status === "RUNNING" && timeout !== undefined && isOver(timeout + timeoutTakes, clock(), since);
}

const refOf = (job: Job): JobRef => ({ tenant: job.custom_connector_arn_prefix, jobId: job.job_id });
const refKeys = ({ tenant, jobId }: JobRef) => ({ tenant, job_id: jobId });
const jobKeys = (job: Job) => ({
  ...refKeys(refOf(job)),
  connector_id: job.connector_id,
  batch_job_id: job.batch_job_id,
});

/** When the job last moved on by itself or by its client. */
const movesOf = ({ created_at, updated_at, submitting_at }: Job) => [created_at, updated_at, submitting_at];
