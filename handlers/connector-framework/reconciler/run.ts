import type { Logger } from "../../runtime/logger.ts";
import type { Repair } from "../contract/metrics.ts";

/** Seconds an invocation keeps for the work it is at: a call to Batch is given up after 40, and there may be two. */
const timeToFinish = 90;

type Keys = Readonly<Record<string, unknown>>;

/** What one run of the reconciler did and saw so far. */
export interface Run {
  /** Repairs made, by their kind. */
  readonly repairs: ReadonlyMap<Repair, number>;
  /** Things that could not be looked after, each logged. */
  readonly failures: number;
  /** Jobs that have not ended, how long the one waits in Batch that has waited longest, and if these are all there are. */
  readonly seen: { openJobs: number; longestWaitSeconds: number; allJobs: boolean };
  /** Notes a repair. */
  repaired(repair: Repair, details?: Keys): void;
  /** Does something whose failure leaves the rest alone; undefined when it failed. */
  attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined>;
  /**
   * Attempts something with each item, and has lines logged meanwhile tell which.
   *
   * @returns false when time ran out before
   */
  each<Item>(
    items: readonly Item[],
    keysOf: (item: Item) => Keys,
    act: (item: Item) => Promise<void>,
  ): Promise<boolean>;
}

/** @param remainingMilliseconds until Lambda ends this invocation */
export function startRun(logger: Logger, remainingMilliseconds: () => number): Run {
  const repairs = new Map<Repair, number>();
  let failures = 0;

  async function attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      failures++;
      logger.error("not looked after: the next run tries again", { error });
      return undefined;
    }
  }

  return {
    repairs,
    get failures() {
      return failures;
    },
    seen: { openJobs: 0, longestWaitSeconds: 0, allJobs: false },

    repaired(repair, details = {}) {
      repairs.set(repair, (repairs.get(repair) ?? 0) + 1);
      logger.warn("repaired", { repair, ...details });
    },

    attempt,

    async each(items, keysOf, act) {
      for (const item of items) {
        if (remainingMilliseconds() < timeToFinish * 1000) return false;
        const keys = keysOf(item);
        logger.appendKeys(keys);
        await attempt(() => act(item));
        logger.removeKeys(Object.keys(keys));
      }
      return true;
    },
  };
}
