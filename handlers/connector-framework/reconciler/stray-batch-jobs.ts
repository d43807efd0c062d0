import { hasEnded, isEnding } from "../batch/job.ts";
import type { ListedJob } from "../batch/job-lists.ts";
import { reasonToTerminate, terminationReasons } from "../batch/termination.ts";
import { isFinal, type Job } from "../model/job.ts";
import { isJobId } from "../model/keys.ts";
import type { Part, PartDependencies } from "./part.ts";
import { eventsArriveWithin, isOver } from "./patience.ts";

/** Terminates each container that no job wants: of a job that is gone, has ended, or is carried out by another. */
export const terminateStrayBatchJobs: Part = async (deps, run) => {
  for await (const page of deps.batch.live()) {
    const ours = page.filter(({ jobName }) => isJobId(jobName));
    const finished = await run.each(ours, keysOf, async (listed) => {
      const stray = await ifStray(listed, deps);
      if (!stray) return;
      await deps.batch.terminate(listed.batchJobId, stray.reason);
      run.repaired("stray-job-terminated", stray);
    });
    // Lists are short, and their places do not last: the next run begins with them.
    if (!finished) return { from: undefined };
  }
  return undefined;
};

/** What it is and why it must not go on; undefined when it may, or when others may yet see to it. */
async function ifStray({ jobName, batchJobId, createdAt }: ListedJob, deps: PartDependencies) {
  const now = deps.clock();
  // A younger one may belong to a submission on its way, and its job's event may be.
  if (!isOver(eventsArriveWithin, now, new Date(createdAt).toISOString())) return undefined;
  const ref = await deps.jobs.findById(jobName);
  const job = ref && (await deps.jobs.find(ref));
  if (job && (mayTakeUp(job) || !isOver(eventsArriveWithin, now, job.updated_at))) return undefined;
  const reason = job ? reasonToTerminate(job, batchJobId) : terminationReasons.unknown;
  if (reason === undefined) return undefined;
  // Lists are late: it may have ended, or been told to.
  const described = await deps.batch.describe(batchJobId);
  if (!described || hasEnded(described) || isEnding(described)) return undefined;
  return { reason, tenant: ref?.tenant, connector_id: job?.connector_id };
}

/** If the orchestrator still looks for what it submitted for the job, and may find this. */
const mayTakeUp = ({ status, batch_job_id }: Job) => !isFinal(status) && batch_job_id === undefined;

const keysOf = ({ jobName, batchJobId }: ListedJob) => ({ job_id: jobName, batch_job_id: batchJobId });
