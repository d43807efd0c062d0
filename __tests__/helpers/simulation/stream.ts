import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import { compilePattern } from "../../../local/events/pattern/event-pattern.ts";
import type { Chance } from "./chance.ts";
import type { Change } from "./dynamodb/memory-dynamodb.ts";
import type { Move, Outcome } from "./world.ts";

/** Records a function is given at once, at most. */
const largestBatch = 3;

/** Milliseconds until a batch that failed is delivered again. */
const retriedAfter = 1_000;

export interface StreamOptions {
  readonly name: string;
  /** Patterns of what the function is told of. */
  readonly filter: readonly unknown[];
  readonly chance: Chance;
  readonly invoke: (records: DynamoDBRecord[], done: (outcome: Outcome<DynamoDBBatchResponse>) => void) => void;
}

/** A table's stream and the mapping that reads it: records in their order, those that failed again and again. */
export function stream({ name, filter, chance, invoke }: StreamOptions) {
  const patterns = filter.map(compilePattern);
  const waiting: DynamoDBRecord[] = [];
  const delivered: DynamoDBRecord[] = [];
  let sequence = 0;
  let busy = false;

  function deliver(): void {
    busy = true;
    const batch = waiting.slice(0, 1 + chance.below(largestBatch));
    invoke(batch, (outcome) => {
      const failed = "result" in outcome ? outcome.result.batchItemFailures[0]?.itemIdentifier : numberOf(batch[0]);
      const done = failed === undefined ? batch.length : batch.findIndex((record) => numberOf(record) === failed);
      for (const record of batch.slice(0, done)) {
        delivered.push(record);
        waiting.splice(waiting.indexOf(record), 1);
      }
      if (failed === undefined) busy = false;
      else setTimeout(() => (busy = false), retriedAfter);
    });
  }

  return {
    add({ keys, before, after }: Change): void {
      sequence++;
      const record = {
        eventID: String(sequence),
        eventName: before ? (after ? "MODIFY" : "REMOVE") : "INSERT",
        dynamodb: {
          Keys: keys,
          ...(before && { OldImage: before }),
          ...(after && { NewImage: after }),
          SequenceNumber: String(sequence),
        },
      };
      if (!patterns.some((matches) => matches(record))) return;
      // As it is after its way over the wire.
      waiting.push(JSON.parse(JSON.stringify(record)));
    },

    moves: (): Move[] => (busy || waiting.length === 0 ? [] : [{ what: "", weight: 3, make: deliver }]),

    /** What goes wrong on the way: a record is never delivered, or once more, also while it is being delivered. */
    mishaps: (): Move[] => [
      ...(busy || waiting.length === 0
        ? []
        : [{ what: `${name} drops ${keyOf(waiting[0])}`, weight: 1, make: () => void waiting.shift() }]),
    ],

    repetitions(): Move[] {
      const known = [...waiting, ...delivered];
      const again = known[chance.below(known.length)];
      if (!again) return [];
      return [{ what: `${name} repeats ${keyOf(again)}`, weight: 1, make: () => invoke([again], () => undefined) }];
    },
  };
}

const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber;

const keyOf = (record: DynamoDBRecord | undefined) =>
  Object.values(record?.dynamodb?.Keys ?? {})
    .map(({ S }) => S)
    .at(-1);
