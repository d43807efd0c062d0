import { listedAfter } from "../batch/lag.ts";
import type { Job } from "../model/job.ts";

/** Seconds after which Batch is asked again. */
const askedAgainAfter = 5;

/** Seconds an invocation keeps, beyond waiting, to do what there is to do then. */
const timeToAct = 20;

/** What waiting needs from outside. */
export interface Waiting {
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds until Lambda ends this invocation. */
  readonly remainingMilliseconds: () => number;
}

/**
 * Asks Batch for what an intent may have led to, until there is something or the intent is so old that there is nothing.
 *
 * @throws Error when the invocation's time does not suffice for that; the stream then delivers the record again
 */
export async function askUntilListed<Found>(
  { submitting_at }: Job,
  ask: () => Promise<Found | undefined>,
  { clock, sleep, remainingMilliseconds }: Waiting,
): Promise<Found | undefined> {
  for (;;) {
    const left = submitting_at === undefined ? 0 : Date.parse(submitting_at) + listedAfter * 1000 - clock().getTime();
    // What is asked after the intent is old is the last answer; one from before may have come too early.
    const found = await ask();
    if (found !== undefined || left <= 0) return found;
    if (remainingMilliseconds() < left + timeToAct * 1000)
      throw new Error("an earlier delivery may have submitted the job: Batch is asked again later");
    await sleep(Math.min(left, askedAgainAfter * 1000));
  }
}
