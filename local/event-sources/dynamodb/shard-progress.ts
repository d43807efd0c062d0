/**
 * Which records of a shard are finished. Batches of different items finish out of order; the checkpoint is the last
 * record before which nothing is unfinished.
 */
export interface ShardProgress {
  /** Records read and not finished, or finished behind an unfinished one. */
  readonly outstanding: number;
  /** Notes a record, in the order of the shard. */
  read(sequenceNumber: string): void;
  /** Notes finished records. Returns the new checkpoint if they moved it. */
  finish(sequenceNumbers: readonly string[]): string | undefined;
}

/** The progress of a shard of which nothing is read. */
export function createShardProgress(): ShardProgress {
  const order: string[] = [];
  const finished = new Set<string>();
  let first = 0;
  return {
    get outstanding() {
      return order.length - first;
    },
    read(sequenceNumber) {
      order.push(sequenceNumber);
    },
    finish(sequenceNumbers) {
      for (const sequenceNumber of sequenceNumbers) finished.add(sequenceNumber);
      let checkpoint: string | undefined;
      for (let next = order[first]; next !== undefined && finished.delete(next); next = order[first]) {
        checkpoint = next;
        first += 1;
      }
      if (first > 1_000) first -= order.splice(0, first).length;
      return checkpoint;
    },
  };
}
