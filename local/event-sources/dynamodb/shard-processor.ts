import { createHash } from "node:crypto";
import type { EventPredicate } from "../../events/pattern/event-pattern.ts";
import { createBatchBuffer } from "./batch-buffer.ts";
import { type BatchProcessorOptions, processBatch } from "./batch-processor.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { createShardProgress } from "./shard-progress.ts";
import { readShard, type ShardSource } from "./shard-reader.ts";
import { parseStreamRecord, type StreamRecord } from "./stream-record.ts";

export interface ShardProcessorOptions extends BatchProcessorOptions {
  readonly checkpoints: CheckpointFile;
  readonly matches: EventPredicate;
  readonly batchSize: number;
  readonly batchingWindowMilliseconds: number;
  readonly parallelizationFactor: number;
  readonly pollMilliseconds: number;
}

/** Records read ahead of the batches that run, at least: a page. */
const minimumReadAhead = 1_000;

/**
 * Processes a shard from its checkpoint until it ends or the mapping stops. Items are spread over as many lanes as
 * batches may run at once, so that the records of one item keep their order.
 */
export async function processShard(source: ShardSource, options: ShardProcessorOptions): Promise<void> {
  const { checkpoints, clock, stopping, batchSize, parallelizationFactor } = options;
  const { shardId } = source;
  const progress = createShardProgress();
  // A failing lane must not leave the others running beside a second reading of the shard.
  const failing = new AbortController();
  const signal = AbortSignal.any([stopping, failing.signal]);
  const readAhead = Math.max(minimumReadAhead, 2 * batchSize * parallelizationFactor);
  let roomAgain = () => {};
  signal.addEventListener("abort", () => roomAgain());
  const finish = async (records: readonly StreamRecord[]) => {
    const checkpoint = progress.finish(records.map((record) => record.sequenceNumber));
    roomAgain();
    if (checkpoint !== undefined) await checkpoints.set(shardId, { after: checkpoint });
  };
  const lanes = Array.from({ length: parallelizationFactor }, () =>
    createBatchBuffer(batchSize, options.batchingWindowMilliseconds, clock),
  );
  const runLane = async (lane: (typeof lanes)[number]) => {
    for (let batch = await lane.take(signal); batch.length > 0; batch = await lane.take(signal))
      await processBatch(batch, shardId, finish, { ...options, stopping: signal });
  };
  const room = async () => {
    while (progress.outstanding >= readAhead && !signal.aborted)
      await new Promise<void>((resolve) => {
        roomAgain = resolve;
      });
  };
  const readAll = async () => {
    const position = checkpoints.get(shardId);
    const after = position && "after" in position ? position.after : undefined;
    for await (const page of readShard({ ...source, ...options, signal, after })) {
      const records = page.map(parseStreamRecord);
      for (const record of records) progress.read(record.sequenceNumber);
      const [wanted, unwanted] = partition(records, (record) => options.matches(record.content));
      for (const record of wanted) lanes[laneOf(record, lanes.length)]?.push(record);
      if (unwanted.length > 0) await finish(unwanted);
      await room();
    }
    for (const lane of lanes) lane.end();
  };
  const orFail = async (part: Promise<void>) => {
    try {
      await part;
    } catch (error) {
      failing.abort();
      throw error;
    }
  };

  const parts = await Promise.allSettled([readAll(), ...lanes.map(runLane)].map(orFail));
  const failed = parts.find((part) => part.status === "rejected");
  if (failed) throw failed.reason;
  if (!stopping.aborted) await checkpoints.set(shardId, { ended: true });
}

function laneOf(record: StreamRecord, lanes: number): number {
  return lanes === 1 ? 0 : createHash("sha256").update(record.itemKey).digest().readUInt32BE(0) % lanes;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
