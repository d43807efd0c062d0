import type { Deletion } from "../store/open-work.ts";
import type { Part } from "./part.ts";
import { deletionRests, isOver } from "./patience.ts";

/** Has every deletion that is not complete go on. That is no repair: each is meant to be carried on from here. */
export const continueDeletions: Part = async (deps, run, start) => {
  for await (const { from, items } of deps.openWork.deletions(start)) {
    const finished = await run.each(items, keysOf, async ({ connector, requestedAt }) => {
      const now = deps.clock();
      if (!isOver(deletionRests, now, requestedAt)) return;
      await deps.deletions.continueLater(connector, now);
      deps.logger.info("deletion goes on");
    });
    if (!finished) return { from };
  }
  return undefined;
};

const keysOf = ({ connector }: Deletion) => ({ tenant: connector.tenant, connector_id: connector.connectorId });
