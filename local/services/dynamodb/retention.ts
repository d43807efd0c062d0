import type { Context } from "./context.ts";
import { type Database, startingWith } from "./database.ts";
import type { Exclusively } from "./expiry-sweeper.ts";
import { STREAMS, streamKey, streamRecordKey, streamRecords, TOKENS, type TokenRow } from "./keyspace.ts";
import type { StreamRecordRow, StreamRow } from "./stream-rows.ts";
import { TOKEN_LIFETIME_MS } from "./transactions.ts";

/** AWS: "Change data capture for DynamoDB Streams": records are kept for 24 hours. */
const RECORD_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Records removed in one unit of work, so that writes of clients get their turn. */
const TRIM_BATCH = 1000;

/** Removes stream records older than 24 hours, and streams that were disabled longer ago than that. */
export async function trimStreams(database: Database, context: Context, exclusively: Exclusively): Promise<void> {
  const horizon = context.clock() - RECORD_LIFETIME_MS;
  for await (const { value: stream } of database.entries<StreamRow>(startingWith(STREAMS))) {
    const key = streamKey(stream.tableName, stream.label);
    for (
      let old = await oldest(database, stream, horizon);
      old.length > 0;
      old = await oldest(database, stream, horizon)
    ) {
      await exclusively((unit) => {
        for (const { sequence } of old) unit.delete(streamRecordKey(stream.tableName, stream.label, sequence));
        const current = unit.get(key);
        if (current) unit.put(key, { ...current, trimmedThrough: old.at(-1)?.sequence ?? current.trimmedThrough });
      });
    }
    if (stream.disabled && stream.disabled.at <= horizon) await exclusively((unit) => unit.delete(key));
  }
}

async function oldest(database: Database, stream: StreamRow, horizon: number): Promise<StreamRecordRow[]> {
  const old: StreamRecordRow[] = [];
  const records = database.entries<StreamRecordRow>(startingWith(streamRecords(stream.tableName, stream.label)));
  for await (const { value } of records) {
    if (value.createdAt > horizon || old.length === TRIM_BATCH) break;
    old.push(value);
  }
  return old;
}

/** Removes the client tokens of transactions that nobody can repeat any more. */
export async function removeOldTokens(database: Database, context: Context, exclusively: Exclusively): Promise<void> {
  const horizon = context.clock() - TOKEN_LIFETIME_MS;
  const old: string[] = [];
  for await (const { path, value } of database.entries<TokenRow>(startingWith(TOKENS))) {
    if (value.completedAt <= horizon) old.push(path);
  }
  if (old.length === 0) return;
  await exclusively((unit) => {
    for (const path of old) unit.delete({ path });
  });
}
