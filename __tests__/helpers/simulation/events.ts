import type { BatchJob } from "./batch/memory-batch.ts";
import type { Chance } from "./chance.ts";
import type { Move, Outcome } from "./world.ts";

/** Tries of an event, and seconds between them (AWS Lambda: Asynchronous invocation). */
const pausesAfterFailure = [60, 120];

interface Pending {
  readonly event: unknown;
  readonly what: string;
  readonly tries: number;
}

export interface EventsOptions {
  readonly chance: Chance;
  /** If an event that fails at its last try is given up. */
  readonly giveUp: boolean;
  readonly invoke: (event: unknown, what: string, done: (outcome: Outcome<void>) => void) => void;
}

/** Batch's events on their way to a function: in any order, and again when the function fails. */
export function batchEvents({ chance, giveUp, invoke }: EventsOptions) {
  const pending: Pending[] = [];
  const delivered: Pending[] = [];

  function deliver(): void {
    const [one] = pending.splice(chance.below(pending.length), 1);
    if (!one) return;
    delivered.push({ ...one, tries: 0 });
    invoke(one.event, one.what, (outcome) => {
      if ("result" in outcome) return;
      const pause = pausesAfterFailure[one.tries] ?? (giveUp ? undefined : pausesAfterFailure.at(-1));
      if (pause !== undefined) setTimeout(() => pending.push({ ...one, tries: one.tries + 1 }), pause * 1000);
    });
  }

  return {
    add(job: BatchJob): void {
      const event = { source: "aws.batch", "detail-type": "Batch Job State Change", detail: job };
      pending.push({ event: JSON.parse(JSON.stringify(event)), what: `${job.jobId} ${job.status}`, tries: 0 });
    },

    moves: (): Move[] => (pending.length === 0 ? [] : [{ what: "", weight: 3, make: deliver }]),

    /** One is never delivered. */
    mishaps(): Move[] {
      if (pending.length === 0) return [];
      const lost = chance.below(pending.length);
      return [{ what: `event lost: ${pending[lost]?.what}`, weight: 1, make: () => void pending.splice(lost, 1) }];
    },

    repetitions(): Move[] {
      const again = delivered[chance.below(delivered.length)];
      return again ? [{ what: `event repeated: ${again.what}`, weight: 1, make: () => void pending.push(again) }] : [];
    },
  };
}
