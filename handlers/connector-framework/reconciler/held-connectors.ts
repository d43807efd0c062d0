import { listedAfter } from "../batch/lag.ts";
import { isFinal } from "../model/job.ts";
import type { HeldConnector } from "../store/open-work.ts";
import type { Part, PartDependencies } from "./part.ts";
import { isOver } from "./patience.ts";

/** Frees each connector whose job has ended or is gone, once no container runs in its name any more. */
export const freeHeldConnectors: Part = async (deps, run, start) => {
  for await (const { from, items } of deps.openWork.heldConnectors(start)) {
    const finished = await run.each(items, keysOf, async (held) => {
      if (!(await isHeldInVain(held, deps))) return;
      if (await deps.jobs.free(held.connector, held.jobId, deps.clock())) run.repaired("connector-freed");
    });
    if (!finished) return { from };
  }
  return undefined;
};

async function isHeldInVain({ connector, jobId }: HeldConnector, deps: PartDependencies): Promise<boolean> {
  const job = await deps.jobs.find({ tenant: connector.tenant, jobId });
  if (job && !isFinal(job.status)) return false;
  // A submission that came too late may not be listed yet.
  if (job && !isOver(listedAfter, deps.clock(), job.submitting_at)) return false;
  return !(await deps.batch.hasLive(jobId));
}

const keysOf = ({ connector, jobId }: HeldConnector) => ({
  tenant: connector.tenant,
  connector_id: connector.connectorId,
  job_id: jobId,
});
