import {
  type _Record,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { Clock } from "../../functions/clock.ts";

/** A shard as read by a mapping. */
export interface ShardSource {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly shardId: string;
}

export interface ShardReaderOptions extends ShardSource {
  /** The last record not to be read; none for the oldest that is kept. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Wait between reads when there is nothing new. */
  readonly pollMilliseconds: number;
  readonly log: (line: string) => void;
}

/**
 * Reads a shard page by page until it ends or the signal aborts. Iterators that expire are renewed at the last record
 * read; where that record is trimmed it goes on with the oldest, and says so; other errors are retried, with a log line.
 */
export async function* readShard(options: ShardReaderOptions): AsyncGenerator<readonly _Record[], void> {
  const { client, signal, clock, log, shardId } = options;
  let after = options.after;
  let iterator: string | undefined;
  let errors = 0;
  while (!signal.aborted) {
    try {
      iterator ??= await openIterator(options, after, signal);
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }), {
        abortSignal: signal,
      });
      errors = 0;
      const records = page.Records ?? [];
      iterator = page.NextShardIterator;
      after = records.at(-1)?.dynamodb?.SequenceNumber ?? after;
      if (records.length > 0) yield records;
      if (iterator === undefined) return;
      if (records.length === 0) await clock.sleep(options.pollMilliseconds, signal);
    } catch (error) {
      if (signal.aborted) return;
      iterator = undefined;
      errors += 1;
      const name = error instanceof Error ? error.name : "";
      if (name === "TrimmedDataAccessException") {
        log(`${shardId}: the records after ${after} are trimmed; going on with the oldest that is kept`);
        after = undefined;
      } else if (name !== "ExpiredIteratorException") log(`${shardId}: cannot be read: ${String(error)}`);
      if (errors > 1 || !["TrimmedDataAccessException", "ExpiredIteratorException"].includes(name))
        await clock.sleep(Math.min(options.pollMilliseconds * 2 ** errors, 10_000), signal);
    }
  }
}

/**
 * The newest record of a shard that is older than `now`: the position of LATEST, but one that can be kept. None for a
 * shard without such records, which is then read from its beginning.
 * @param now epoch milliseconds
 */
export async function findLatest(source: ShardSource, now: number): Promise<string | undefined> {
  let latest: string | undefined;
  let iterator: string | undefined = await openIterator(source, undefined);
  while (iterator !== undefined) {
    const page: { Records?: _Record[] | undefined; NextShardIterator?: string | undefined } = await source.client.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }),
    );
    const records = page.Records ?? [];
    if (records.length === 0) return latest;
    for (const { dynamodb } of records) {
      if ((dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) > now) return latest;
      latest = dynamodb?.SequenceNumber ?? latest;
    }
    iterator = page.NextShardIterator;
  }
  return latest;
}

async function openIterator(source: ShardSource, after: string | undefined, signal?: AbortSignal) {
  const { ShardIterator } = await source.client.send(
    new GetShardIteratorCommand({
      StreamArn: source.streamArn,
      ShardId: source.shardId,
      ...(after === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }),
    }),
    signal ? { abortSignal: signal } : {},
  );
  if (ShardIterator === undefined) throw new Error(`${source.shardId}: no iterator`);
  return ShardIterator;
}
