import { count, type Metrics, seconds } from "../../runtime/metrics.ts";
import { metricNames, type Repair } from "../contract/metrics.ts";
import type { ScanPosition } from "../store/open-work.ts";
import { continueDeletions } from "./deletions.ts";
import { freeHeldConnectors } from "./held-connectors.ts";
import { lookAfterOpenJobs } from "./open-jobs.ts";
import type { Part, PartDependencies } from "./part.ts";
import { type Run, startRun } from "./run.ts";
import { terminateStrayBatchJobs } from "./stray-batch-jobs.ts";

export interface Dependencies extends PartDependencies {
  readonly metrics: Metrics;
  /** Milliseconds until Lambda ends this invocation. */
  readonly remainingMilliseconds: () => number;
}

/** Strays before connectors: one that a container still holds is freed at a later run, when it is gone. */
const parts = {
  "open jobs": lookAfterOpenJobs,
  "stray Batch jobs": terminateStrayBatchJobs,
  "held connectors": freeHeldConnectors,
  deletions: continueDeletions,
} as const satisfies Record<string, Part>;

type PartName = keyof typeof parts;

const isPart = (name: string): name is PartName => Object.hasOwn(parts, name);
const partNames = Object.keys(parts).filter(isPart);

/** Where a run left off: the part it was at, and where in it. */
export interface Position {
  readonly part: PartName;
  readonly from: ScanPosition | undefined;
}

/** What a run came to. */
export interface Reconciliation {
  /** Repairs made, by their kind. */
  readonly repairs: ReadonlyMap<Repair, number>;
  /** Things that could not be looked after: they are logged, and the next run tries again. */
  readonly failures: number;
  /** Where time ran out; undefined when everything was looked after. */
  readonly leftOff: Position | undefined;
}

/**
 * Looks after everything that has not ended, and repairs what was lost on the way: an event, a record of the stream, an
 * answer. Repairs are what the orchestrator and job-status would have done, under the same conditions, so it may run
 * beside them and beside itself. What they may yet do themselves is left to them for some minutes.
 *
 * @param position where the last run left off; each part has its turn, however much there is to do
 */
export async function reconcile(deps: Dependencies, position?: Position): Promise<Reconciliation> {
  const run = startRun(deps.logger, deps.remainingMilliseconds);
  const leftOff = await lookAfterAll(deps, run, position);
  if (leftOff) deps.logger.warn("out of time: the next run goes on", { part: leftOff.part });
  measure(run, deps.metrics);
  return { repairs: run.repairs, failures: run.failures, leftOff };
}

async function lookAfterAll(deps: Dependencies, run: Run, position?: Position): Promise<Position | undefined> {
  const first = position ? partNames.indexOf(position.part) : 0;
  for (const part of [...partNames.slice(first), ...partNames.slice(0, first)]) {
    const from = part === position?.part ? position.from : undefined;
    const unfinished = await run.attempt(() => parts[part](deps, run, from));
    if (unfinished) return { part, from: unfinished.from };
  }
  return undefined;
}

function measure({ repairs, seen }: Run, metrics: Metrics): void {
  const total = [...repairs.values()].reduce((sum, made) => sum + made, 0);
  metrics.record({
    [metricNames.repairs]: count(total),
    ...(seen.allJobs && {
      [metricNames.openJobs]: count(seen.openJobs),
      [metricNames.oldestRunnable]: seconds(seen.longestWaitSeconds),
    }),
  });
  for (const [repair, made] of repairs) metrics.record({ [metricNames.repairs]: count(made) }, { Repair: repair });
}
