import type { Logger } from "../../runtime/logger.ts";
import type { ConnectorRef } from "../model/keys.ts";
import type { ScheduleRemoval } from "../schedules/schedules.ts";
import type { Deletions } from "../store/deletions.ts";
import type { Leftovers } from "./leftovers.ts";

/**
 * Seconds after a connector's removal within which a call that had seen the connector may still write: the API's function
 * ends a call after 29.
 */
export const settledAfter = 60;

/** Seconds an invocation keeps to have the rest done by the next one. */
const timeToHandOver = 30;

export interface Dependencies {
  readonly deletions: Deletions;
  readonly leftovers: Leftovers;
  readonly schedules: ScheduleRemoval;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Milliseconds until Lambda ends this invocation. */
  readonly remainingMilliseconds: () => number;
}

/** What one look through everything came to. */
interface Sweep {
  readonly deleted: number;
  readonly kept: number;
  /** If time ran short before the end. */
  readonly interrupted: boolean;
}

/**
 * Deletes what a removed connector left behind, until there is nothing. Safe to repeat, to run twice at once and to be cut
 * off anywhere: the deletion stays noted until a look that began when no one could write any more found nothing. A
 * deletion that stays noted is delivered again by the reconciler.
 *
 * @throws whatever may be gone at the next try; the stream then delivers the record again
 */
export async function deleteLeftovers(ref: ConnectorRef, deps: Dependencies): Promise<void> {
  const { deletions, clock, logger } = deps;
  for (;;) {
    const removedAt = await deletions.find(ref);
    if (!removedAt) return logger.info("nothing is left to delete");
    const settled = clock().getTime() - removedAt.getTime() >= settledAfter * 1000;
    const { deleted, kept, interrupted } = await sweep(ref, deps);
    logger.info("deleted", { deleted, kept });
    if (interrupted) {
      await deletions.continueLater(ref, clock());
      return logger.info("goes on in another invocation");
    }
    if (deleted > 0) continue;
    if (kept > 0) return logger.warn("jobs that have not ended are kept", { kept });
    if (!settled) return logger.info("looked through again once no call can write any more");
    await deletions.complete(ref);
    return logger.info("complete");
  }
}

async function sweep(ref: ConnectorRef, deps: Dependencies): Promise<Sweep> {
  const { leftovers, schedules, remainingMilliseconds } = deps;
  let deleted = (await schedules.remove(ref)) ? 1 : 0;
  let kept = 0;
  for (const pages of [leftovers.jobs(ref), leftovers.documents(ref)])
    for await (const page of pages) {
      deleted += page.deleted;
      kept += page.kept;
      if (page.deleted > 0 && remainingMilliseconds() < timeToHandOver * 1000)
        return { deleted, kept, interrupted: true };
    }
  return { deleted, kept, interrupted: false };
}
