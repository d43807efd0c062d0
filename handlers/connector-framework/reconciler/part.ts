import type { Logger } from "../../runtime/logger.ts";
import type { JobControl } from "../batch/job-control.ts";
import type { JobLists } from "../batch/job-lists.ts";
import type { Deletions } from "../store/deletions.ts";
import type { JobProgressStore } from "../store/job-progress.ts";
import type { OpenWork, ScanPosition } from "../store/open-work.ts";
import type { Run } from "./run.ts";

/** What the parts of a run work with. */
export interface PartDependencies {
  readonly openWork: OpenWork;
  readonly jobs: JobProgressStore;
  readonly deletions: Pick<Deletions, "continueLater">;
  readonly batch: JobControl & JobLists;
  /** Seconds a job may wait in Batch. */
  readonly waitingLimit: number;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** A part that time ran out on, and where it goes on. */
export interface Unfinished {
  readonly from: ScanPosition | undefined;
}

/**
 * One kind of thing that is looked after.
 *
 * @param from where an earlier run left it
 * @returns undefined when all of it was looked after
 */
export type Part = (deps: PartDependencies, run: Run, from?: ScanPosition) => Promise<Unfinished | undefined>;
