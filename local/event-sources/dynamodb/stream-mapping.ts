import { DescribeStreamCommand, type DynamoDBStreamsClient, type Shard } from "@aws-sdk/client-dynamodb-streams";
import { systemClock } from "../../functions/clock.ts";
import type { EventSourceMapping } from "../event-source-mapping.ts";
import { compileFilterCriteria } from "../filter-criteria.ts";
import { openCheckpointFile, type ShardCheckpoint } from "./checkpoint-file.ts";
import { processShard, type ShardProcessorOptions } from "./shard-processor.ts";
import { findLatest } from "./shard-reader.ts";
import { checkStreamMapping } from "./stream-mapping-limits.ts";
import type { StreamMappingOptions } from "./stream-mapping-options.ts";

/** AWS: "Change data capture for DynamoDB Streams": records are kept for 24 hours. */
const streamRetentionSeconds = 86_400;
const stopGraceMilliseconds = 2_000;

/**
 * Starts a mapping. When it resolves, its position in every shard is fixed: each later change reaches the function.
 * @throws LambdaServiceError `InvalidParameterValueException`; InvalidEventPatternError for a filter
 */
export async function startStreamMapping(options: StreamMappingOptions): Promise<EventSourceMapping> {
  checkStreamMapping(options);
  const { client, streamArn, clock = systemClock, log = () => {} } = options;
  const stopping = new AbortController();
  const abandoned = new AbortController();
  const checkpoints = await openCheckpointFile(options.checkpointFile, streamArn);
  const maximumAge = options.maximumRecordAgeSeconds ?? -1;
  const shardOptions: ShardProcessorOptions = {
    function: options.function,
    streamArn,
    policy: {
      maximumRetryAttempts: options.maximumRetryAttempts ?? -1,
      maximumRecordAgeMilliseconds: (maximumAge < 0 ? streamRetentionSeconds : maximumAge) * 1000,
      bisectOnError: options.bisectOnError ?? false,
    },
    reportBatchItemFailures: options.reportBatchItemFailures ?? false,
    onFailure: options.onFailure,
    clock,
    backoff: options.backoff ?? ((failures) => Math.min(1_000 * 2 ** (failures - 1), 60_000)),
    stopping: stopping.signal,
    abandoned: abandoned.signal,
    log,
    checkpoints,
    matches: compileFilterCriteria(options.filters ?? []),
    batchSize: options.batchSize ?? 100,
    batchingWindowMilliseconds: (options.batchingWindowSeconds ?? 0) * 1000,
    parallelizationFactor: options.parallelizationFactor ?? 1,
    pollMilliseconds: options.pollMilliseconds ?? 250,
  };

  const shards = await listShards(client, streamArn);
  const fresh = !checkpoints.startedBefore && options.startingPosition === "LATEST";
  const positions = fresh ? await latestPositions(client, streamArn, shards, clock.now()) : new Map();
  await checkpoints.begin(new Set(shards.map((shard) => shard.ShardId)), positions);

  const running = new Map<string, Promise<void>>();
  let shardEnded = () => {};
  const isEnded = (shardId: string) => {
    const checkpoint = checkpoints.get(shardId);
    return checkpoint !== undefined && "ended" in checkpoint;
  };
  const start = (shardId: string) => {
    const run = superviseShard(shardId).finally(() => {
      running.delete(shardId);
      shardEnded();
    });
    running.set(shardId, run);
  };
  const superviseShard = async (shardId: string) => {
    for (let failures = 1; !stopping.signal.aborted && !isEnded(shardId); failures += 1) {
      try {
        await processShard({ client, streamArn, shardId }, shardOptions);
      } catch (error) {
        log(`${shardId}: starts again from its checkpoint: ${String(error)}`);
        await clock.sleep(shardOptions.backoff(failures), stopping.signal);
      }
    }
  };
  /** A child's records come after its parent's: it waits for the parent's end. */
  const startReady = (listed: readonly ListedShard[]) => {
    const ids = new Set(listed.map((shard) => shard.ShardId));
    for (const { ShardId, parent } of listed) {
      const parentDone = parent === undefined || !ids.has(parent) || isEnded(parent);
      if (parentDone && !running.has(ShardId) && !isEnded(ShardId)) start(ShardId);
    }
  };
  const watchShards = async () => {
    let listed: readonly ListedShard[] = shards;
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        shardEnded = resolve;
      });
      startReady(listed);
      const sleep = new AbortController();
      const wake = AbortSignal.any([stopping.signal, sleep.signal]);
      await Promise.race([changed, clock.sleep(options.shardPollMilliseconds ?? 10_000, wake)]);
      sleep.abort();
      if (stopping.signal.aborted) return;
      try {
        listed = await listShards(client, streamArn);
      } catch (error) {
        log(`${streamArn}: the shards cannot be listed: ${String(error)}`);
      }
    }
  };
  const watching = watchShards();

  return {
    async stop() {
      stopping.abort();
      const grace = new AbortController();
      const done = watching.then(() => Promise.all(running.values()));
      await Promise.race([done, systemClock.sleep(stopGraceMilliseconds, grace.signal)]);
      grace.abort();
      abandoned.abort();
      await done;
    },
  };
}

/** Where LATEST begins in each shard; a shard without older records is read from its beginning. */
async function latestPositions(
  client: DynamoDBStreamsClient,
  streamArn: string,
  shards: readonly ListedShard[],
  now: number,
): Promise<Map<string, ShardCheckpoint>> {
  const positions = new Map<string, ShardCheckpoint>();
  for (const { ShardId, ended } of shards) {
    const after = ended ? undefined : await findLatest({ client, streamArn, shardId: ShardId }, now);
    if (ended) positions.set(ShardId, { ended });
    else if (after !== undefined) positions.set(ShardId, { after });
  }
  return positions;
}

interface ListedShard {
  readonly ShardId: string;
  readonly parent: string | undefined;
  /** Whether it takes no more records. */
  readonly ended: boolean;
}

async function listShards(client: DynamoDBStreamsClient, streamArn: string): Promise<ListedShard[]> {
  const shards: Shard[] = [];
  let last: string | undefined;
  do {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({
        StreamArn: streamArn,
        ...(last === undefined ? {} : { ExclusiveStartShardId: last }),
      }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    last = StreamDescription?.LastEvaluatedShardId;
  } while (last !== undefined);
  return shards.flatMap(({ ShardId, ParentShardId, SequenceNumberRange }) =>
    ShardId === undefined
      ? []
      : [{ ShardId, parent: ParentShardId, ended: SequenceNumberRange?.EndingSequenceNumber !== undefined }],
  );
}
