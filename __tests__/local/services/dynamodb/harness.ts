import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { type DynamoDb, type DynamoDbOptions, startDynamoDb } from "../../../../local/services/dynamodb/index.ts";

export const REGION = "eu-west-1";
export const ACCOUNT = "000000000000";

export interface TestDynamoDb {
  readonly db: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly server: DynamoDb;
  readonly log: readonly string[];
  readonly dataDirectory: string;
  close(): Promise<void>;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "armature-dynamodb-"));
}

/** A server on an empty data directory, with clients that do not retry. */
export async function startTestDynamoDb(options: Partial<DynamoDbOptions> = {}): Promise<TestDynamoDb> {
  const dataDirectory = options.dataDirectory ?? temporaryDirectory();
  const log: string[] = [];
  const server = await startDynamoDb({
    region: REGION,
    accountId: ACCOUNT,
    log: (line) => log.push(line),
    ...options,
    dataDirectory,
  });
  const { db, streams } = clients(server.endpoint);
  return {
    db,
    streams,
    server,
    log,
    dataDirectory,
    async close() {
      db.destroy();
      streams.destroy();
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

export function clients(endpoint: string): { db: DynamoDBClient; streams: DynamoDBStreamsClient } {
  const config = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  };
  return { db: new DynamoDBClient(config), streams: new DynamoDBStreamsClient(config) };
}

let tables = 0;

/** An on-demand table with the keys `pk` and `sk`, under a name of its own. */
export async function createTestTable(
  db: DynamoDBClient,
  input: Partial<CreateTableCommandInput> = {},
): Promise<string> {
  tables += 1;
  const TableName = `table-${tables}`;
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      ...input,
    }),
  );
  return TableName;
}

export const NEW_AND_OLD_IMAGES = {
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
} as const;

export const key = (pk: string, sk = "0"): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } });

/** The stream of a table that was made last, and its only shard. */
export async function streamOf(streams: DynamoDBStreamsClient, TableName: string) {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams.at(-1)?.StreamArn ?? "none";
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  return { StreamArn, ShardId: StreamDescription?.Shards?.[0]?.ShardId ?? "none", StreamDescription };
}

export async function iterator(
  streams: DynamoDBStreamsClient,
  TableName: string,
  start: Pick<GetShardIteratorCommandInput, "ShardIteratorType" | "SequenceNumber">,
): Promise<string | undefined> {
  const { StreamArn, ShardId } = await streamOf(streams, TableName);
  return (await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...start }))).ShardIterator;
}

/** Reads until a page is empty or the shard ends. */
export async function readFrom(streams: DynamoDBStreamsClient, start: string | undefined): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for (let next = start; next !== undefined; ) {
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: next }));
    records.push(...(page.Records ?? []));
    next = page.Records?.length ? page.NextShardIterator : undefined;
  }
  return records;
}

export async function allRecords(streams: DynamoDBStreamsClient, TableName: string): Promise<StreamRecord[]> {
  return readFrom(streams, await iterator(streams, TableName, { ShardIteratorType: "TRIM_HORIZON" }));
}

/** Asks again and again, for at most 10 seconds, until the answer is not undefined. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error("It did not happen within 10 seconds");
    await delay(20);
  }
}
