import { rmSync } from "node:fs";
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  type StreamViewType,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import * as z from "zod";
import { openService } from "../../../../local/services/dynamodb/service.ts";
import {
  ACCOUNT,
  allRecords,
  createTestTable,
  iterator,
  key,
  NEW_AND_OLD_IMAGES,
  REGION,
  readFrom,
  startTestDynamoDb,
  streamOf,
  type TestDynamoDb,
  temporaryDirectory,
} from "./harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());

const put = (TableName: string, pk: string, n: number) =>
  local.db.send(new PutItemCommand({ TableName, Item: { ...key(pk), n: { N: String(n) } } }));
const remove = (TableName: string, pk: string) => local.db.send(new DeleteItemCommand({ TableName, Key: key(pk) }));
const describeTable = async (TableName: string) =>
  (await local.db.send(new DescribeTableCommand({ TableName }))).Table ?? {};

const views: [StreamViewType, object][] = [
  ["KEYS_ONLY", {}],
  ["NEW_IMAGE", { NewImage: { ...key("a"), n: { N: "2" } } }],
  ["OLD_IMAGE", { OldImage: { ...key("a"), n: { N: "1" } } }],
  ["NEW_AND_OLD_IMAGES", { NewImage: { ...key("a"), n: { N: "2" } }, OldImage: { ...key("a"), n: { N: "1" } } }],
];

test.each(views)("a %s record has these images and the shape of AWS's", async (StreamViewType, images) => {
  const name = await createTestTable(local.db, { StreamSpecification: { StreamEnabled: true, StreamViewType } });
  await put(name, "a", 1);
  await put(name, "a", 2);
  await remove(name, "a");
  const records = await allRecords(local.streams, name);
  expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
  expect(records[1]).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: "MODIFY",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Date),
      Keys: key("a"),
      SequenceNumber: expect.stringMatching(/^\d{21,40}$/),
      SizeBytes: expect.any(Number),
      StreamViewType,
      ...images,
    },
  });
});

test("a write that changes nothing gives no record", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  await put(name, "a", 1);
  await put(name, "a", 1);
  await remove(name, "absent");
  await local.db.send(
    new UpdateItemCommand({
      TableName: name,
      Key: key("a"),
      UpdateExpression: "SET n = :n",
      ExpressionAttributeValues: { ":n": { N: "1.0" } },
    }),
  );
  await expect(
    local.db.send(
      new PutItemCommand({ TableName: name, Item: key("a"), ConditionExpression: "attribute_not_exists(pk)" }),
    ),
  ).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  expect(await allRecords(local.streams, name)).toHaveLength(1);
});

test("batches and transactions give a record for each item, cancelled ones none", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  const puts = ["a", "b"].map((pk) => ({ PutRequest: { Item: key(pk) } }));
  await local.db.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
  const check = (condition: string) =>
    local.db.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: name, Item: key("c") } },
          { ConditionCheck: { TableName: name, Key: key("a"), ConditionExpression: condition } },
        ],
      }),
    );
  await expect(check("attribute_not_exists(pk)")).rejects.toMatchObject({ name: "TransactionCanceledException" });
  await check("attribute_exists(pk)");
  const records = await allRecords(local.streams, name);
  expect(records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual(["a", "b", "c"]);
});

test("the four kinds of iterator begin where they say", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  for (const n of [1, 2, 3]) await put(name, `${n}`, n);
  const records = await allRecords(local.streams, name);
  const SequenceNumber = records[1]?.dynamodb?.SequenceNumber ?? "";
  const latest = await iterator(local.streams, name, { ShardIteratorType: "LATEST" });
  await put(name, "4", 4);
  const keysFrom = async (start: string | undefined) =>
    (await readFrom(local.streams, start)).map(({ dynamodb }) => dynamodb?.Keys?.pk?.S);
  const at = await iterator(local.streams, name, { ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber });
  const after = await iterator(local.streams, name, { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
  const horizon = await iterator(local.streams, name, { ShardIteratorType: "TRIM_HORIZON" });
  expect(await keysFrom(horizon)).toEqual(["1", "2", "3", "4"]);
  expect(await keysFrom(at)).toEqual(["2", "3", "4"]);
  expect(await keysFrom(after)).toEqual(["3", "4"]);
  expect(await keysFrom(latest)).toEqual(["4"]);
});

test("a page ends at its limit or at 1 MB, and the next one goes on from there", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  for (const n of [1, 2, 3, 4]) {
    const Item = { ...key(`${n}`), v: { S: "x".repeat(380 * 1024) } };
    await local.db.send(new PutItemCommand({ TableName: name, Item }));
  }
  const page = async (ShardIterator: string | undefined, Limit?: number) =>
    local.streams.send(new GetRecordsCommand({ ShardIterator, Limit }));
  const keysOf = ({ Records = [] }: Awaited<ReturnType<typeof page>>) =>
    Records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S);
  const first = await page(await iterator(local.streams, name, { ShardIteratorType: "TRIM_HORIZON" }), 1);
  const second = await page(first.NextShardIterator);
  const third = await page(second.NextShardIterator);
  expect([first, second, third].map(keysOf)).toEqual([["1"], ["2", "3"], ["4"]]);
  const empty = await page(third.NextShardIterator);
  expect(empty.Records).toEqual([]);
  expect(empty.NextShardIterator).toEqual(expect.any(String));
});

test("a stream that is enabled later, disabled and enabled again is two streams", async () => {
  const name = await createTestTable(local.db);
  await put(name, "before", 1);
  const enable = { TableName: name, ...NEW_AND_OLD_IMAGES };
  await local.db.send(new UpdateTableCommand(enable));
  const { LatestStreamArn, LatestStreamLabel, TableArn, StreamSpecification } = await describeTable(name);
  expect(StreamSpecification).toEqual(NEW_AND_OLD_IMAGES.StreamSpecification);
  expect(LatestStreamArn).toBe(`${TableArn}/stream/${LatestStreamLabel}`);
  await expect(local.db.send(new UpdateTableCommand(enable))).rejects.toThrow(/already has an enabled stream/);

  await put(name, "during", 1);
  await local.db.send(new UpdateTableCommand({ TableName: name, StreamSpecification: { StreamEnabled: false } }));
  await put(name, "after", 1);
  const { StreamDescription, StreamArn, ShardId } = await streamOf(local.streams, name);
  expect(StreamDescription).toMatchObject({ StreamStatus: "DISABLED", StreamViewType: "NEW_AND_OLD_IMAGES" });
  expect(StreamDescription?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).toMatch(/^\d+$/);
  const start = await local.streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  const all = await local.streams.send(new GetRecordsCommand({ ShardIterator: start.ShardIterator }));
  expect(all.Records?.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual(["during"]);
  expect(all.NextShardIterator).toBeUndefined();

  await local.db.send(new UpdateTableCommand(enable));
  const { Streams } = await local.streams.send(new ListStreamsCommand({ TableName: name }));
  expect(Streams?.map((stream) => stream.StreamArn)).toEqual([StreamArn, (await describeTable(name)).LatestStreamArn]);
  expect(await allRecords(local.streams, name)).toEqual([]);
});

test("the stream of a deleted table can still be read, and its removal gives no records", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  await put(name, "a", 1);
  await local.db.send(new DeleteTableCommand({ TableName: name }));
  expect((await allRecords(local.streams, name)).map(({ eventName }) => eventName)).toEqual(["INSERT"]);
});

test("ListStreams goes page by page", async () => {
  const [one, two] = [
    await createTestTable(local.db, NEW_AND_OLD_IMAGES),
    await createTestTable(local.db, NEW_AND_OLD_IMAGES),
  ];
  const tables: (string | undefined)[] = [];
  let ExclusiveStartStreamArn: string | undefined;
  do {
    const page = await local.streams.send(new ListStreamsCommand({ Limit: 1, ExclusiveStartStreamArn }));
    tables.push(...(page.Streams ?? []).map(({ TableName }) => TableName));
    ExclusiveStartStreamArn = page.LastEvaluatedStreamArn;
  } while (ExclusiveStartStreamArn);
  expect(tables).toEqual(expect.arrayContaining([one, two]));
  expect(new Set(tables).size).toBeGreaterThan(1);
});

test("fails when the stream, the shard or the iterator is not one", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  const { StreamArn, ShardId } = await streamOf(local.streams, name);
  await expect(local.streams.send(new DescribeStreamCommand({ StreamArn: `${StreamArn}9` }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  await expect(
    local.streams.send(new GetShardIteratorCommand({ StreamArn, ShardId: `${ShardId}9`, ShardIteratorType: "LATEST" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(local.streams.send(new GetRecordsCommand({ ShardIterator: "nonsense" }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("records are gone after 24 hours, iterators after 15 minutes", async () => {
  const dataDirectory = temporaryDirectory();
  let now = Date.UTC(2030, 0, 1);
  const service = await openService({ dataDirectory, region: REGION, accountId: ACCOUNT, clock: () => now });
  const call = (target: string, body: object) => service.call(target, body);
  const putItem = (pk: string) => call("DynamoDB_20120810.PutItem", { TableName: "items", Item: { pk: { S: pk } } });
  await call("DynamoDB_20120810.CreateTable", {
    TableName: "items",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
  });
  const listed = z.object({ Streams: z.tuple([z.object({ StreamArn: z.string() })]) });
  const { Streams } = listed.parse(await call("DynamoDBStreams_20120810.ListStreams", {}));
  const { StreamArn } = Streams[0];
  const described = z.object({ StreamDescription: z.object({ Shards: z.tuple([z.object({ ShardId: z.string() })]) }) });
  const { StreamDescription } = described.parse(await call("DynamoDBStreams_20120810.DescribeStream", { StreamArn }));
  const { ShardId } = StreamDescription.Shards[0];
  const start = async (position: object) =>
    z
      .object({ ShardIterator: z.string() })
      .parse(await call("DynamoDBStreams_20120810.GetShardIterator", { StreamArn, ShardId, ...position }));
  const recordsSchema = z.object({
    Records: z.array(
      z.object({
        dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }), SequenceNumber: z.string() }),
      }),
    ),
  });
  const read = async (position: object) =>
    recordsSchema.parse(await call("DynamoDBStreams_20120810.GetRecords", await start(position))).Records;

  await putItem("old");
  const [old] = await read({ ShardIteratorType: "TRIM_HORIZON" });
  const iteratorAtOld = await start({ ShardIteratorType: "TRIM_HORIZON" });
  now += 60_000;
  await putItem("young");
  now += 23 * 3_600_000 + 59 * 60_000;
  await service.sweep();

  const left = await read({ ShardIteratorType: "TRIM_HORIZON" });
  expect(left.map(({ dynamodb }) => dynamodb.Keys.pk.S)).toEqual(["young"]);
  await expect(
    start({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: old?.dynamodb.SequenceNumber }),
  ).rejects.toMatchObject({ name: "TrimmedDataAccessException" });
  await expect(call("DynamoDBStreams_20120810.GetRecords", iteratorAtOld)).rejects.toMatchObject({
    name: "ExpiredIteratorException",
  });

  // A stream that was disabled is gone itself after its last record.
  await call("DynamoDB_20120810.UpdateTable", { TableName: "items", StreamSpecification: { StreamEnabled: false } });
  now += 24 * 3_600_000;
  await service.sweep();
  expect(await call("DynamoDBStreams_20120810.ListStreams", {})).toEqual({ Streams: [] });
  await service.close();
  rmSync(dataDirectory, { recursive: true });
});
