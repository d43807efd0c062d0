import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { AuthorizationRecord } from "../../../../local/iam/index.ts";
import { notAllowed, roleOf } from "../../iam/roles.ts";
import { signedFetch } from "../../signatures/signed.ts";
import { ACCOUNT, eventually, REGION, startTestDynamoDb, type TestDynamoDb } from "./harness.ts";

const table = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
const records: AuthorizationRecord[] = [];
const { iam, key } = roleOf(
  { region: REGION, authorizations: (record) => records.push(record) },
  { Effect: "Allow", Action: "dynamodb:*", Resource: [table("open"), `${table("open")}/*`] },
);
let local: TestDynamoDb;
let db: DynamoDBClient;
let streams: DynamoDBStreamsClient;

beforeAll(async () => {
  local = await startTestDynamoDb({ authority: iam });
  const config = { endpoint: local.server.endpoint, region: REGION, credentials: key, maxAttempts: 1 };
  db = new DynamoDBClient(config);
  streams = new DynamoDBStreamsClient(config);
  for (const name of ["open", "closed"]) {
    await local.db.send(
      new CreateTableCommand({
        BillingMode: "PAY_PER_REQUEST",
        TableName: name,
        AttributeDefinitions: [
          { AttributeName: "id", AttributeType: "S" },
          { AttributeName: "other", AttributeType: "S" },
        ],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "ByOther",
            KeySchema: [{ AttributeName: "other", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      }),
    );
  }
});
afterAll(async () => {
  db.destroy();
  streams.destroy();
  await local.close();
});
beforeEach(() => records.splice(0));

const Key = { id: { S: "1" } };
const asked = () => records.map(({ action, resource }) => `${action.replace("dynamodb:", "")} ${resource}`).sort();

test("what the role's policies allow is done, and the statement that allowed it is told", async () => {
  await db.send(new PutItemCommand({ TableName: "open", Item: Key }));
  expect((await db.send(new GetItemCommand({ TableName: "open", Key }))).Item).toEqual(Key);
  const allowedBy = { policy: "its", statement: 0 };
  expect(records).toEqual([
    { role: "r", action: "dynamodb:PutItem", resource: table("open"), allowedBy },
    { role: "r", action: "dynamodb:GetItem", resource: table("open"), allowedBy },
  ]);
});

test("anything else is refused in AWS's words", async () => {
  await expect(db.send(new GetItemCommand({ TableName: "closed", Key }))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: notAllowed("dynamodb:GetItem", table("closed")),
    $metadata: { httpStatusCode: 400 },
  });
  const response = await signedFetch({
    service: "dynamodb",
    region: REGION,
    url: `${local.server.endpoint}/`,
    headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
    body: JSON.stringify({ TableName: "closed", Key }),
    credentials: key,
  });
  expect(await response.json()).toEqual({
    __type: "com.amazon.coral.service#AccessDeniedException",
    Message: notAllowed("dynamodb:GetItem", table("closed")),
  });
});

test("a table goes by its name or its ARN", async () => {
  await db.send(new DescribeTableCommand({ TableName: "open" }));
  await expect(db.send(new DescribeTableCommand({ TableName: table("closed") }))).rejects.toThrow(
    notAllowed("dynamodb:DescribeTable", table("closed")),
  );
});

test("a query of an index is about the index, one of the table about the table", async () => {
  const query = { KeyConditionExpression: "#k = :v", ExpressionAttributeValues: { ":v": { S: "1" } } };
  const by = (name: string) => ({ ...query, ExpressionAttributeNames: { "#k": name } });
  await db.send(new QueryCommand({ TableName: "open", ...by("id") }));
  await db.send(new QueryCommand({ TableName: "open", IndexName: "ByOther", ...by("other") }));
  await db.send(new ScanCommand({ TableName: "open", IndexName: "ByOther" }));
  const index = `${table("open")}/index/ByOther`;
  expect(asked()).toEqual([`Query ${table("open")}`, `Query ${index}`, `Scan ${index}`]);
});

test("a batch is about each of its tables, and nothing of it is done when one is closed", async () => {
  await db.send(new BatchGetItemCommand({ RequestItems: { open: { Keys: [Key] } } }));
  const put = [{ PutRequest: { Item: { id: { S: "batched" } } } }];
  await expect(db.send(new BatchWriteItemCommand({ RequestItems: { open: put, closed: put } }))).rejects.toThrow(
    notAllowed("dynamodb:BatchWriteItem", table("closed")),
  );
  const found = await local.db.send(new GetItemCommand({ TableName: "open", Key: { id: { S: "batched" } } }));
  expect(found.Item).toBeUndefined();
});

test("each part of a transaction needs the action it would need alone", async () => {
  const TableName = "open";
  const ids = ["a", "b", "c", "d"].map((id) => ({ id: { S: id } }));
  const [a, b, c, d] = ids;
  await db.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: a } },
        {
          Update: { TableName, Key: b, UpdateExpression: "SET x = :x", ExpressionAttributeValues: { ":x": { S: "" } } },
        },
        { Delete: { TableName, Key: c } },
        { ConditionCheck: { TableName, Key: d, ConditionExpression: "attribute_not_exists(id)" } },
      ],
    }),
  );
  await db.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: a } }] }));
  const actions = ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"];
  expect(asked()).toEqual(actions.map((action) => `${action} ${table("open")}`));
  await expect(
    db.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: "closed", Key: a } }] })),
  ).rejects.toThrow(notAllowed("dynamodb:DeleteItem", table("closed")));
});

test("streams are read by their ARNs, also where only the iterator says which", async () => {
  const arns = new Map<string, string>();
  for (const { TableName = "", StreamArn = "" } of (await local.streams.send(new ListStreamsCommand({}))).Streams ?? [])
    arns.set(TableName, StreamArn);
  const iteratorOf = async (client: DynamoDBStreamsClient, StreamArn: string | undefined) => {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
    const { ShardId } = StreamDescription?.Shards?.[0] ?? {};
    const request = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    return (await client.send(new GetShardIteratorCommand(request))).ShardIterator;
  };
  await streams.send(new GetRecordsCommand({ ShardIterator: await iteratorOf(streams, arns.get("open")) }));
  const stream = arns.get("open");
  expect(asked()).toEqual([`DescribeStream ${stream}`, `GetRecords ${stream}`, `GetShardIterator ${stream}`]);
  await expect(streams.send(new ListStreamsCommand({ TableName: "open" }))).rejects.toThrow(
    notAllowed("dynamodb:ListStreams", "*"),
  );
  const closed = await iteratorOf(local.streams, arns.get("closed"));
  await expect(streams.send(new GetRecordsCommand({ ShardIterator: closed }))).rejects.toThrow(
    notAllowed("dynamodb:GetRecords", arns.get("closed") ?? ""),
  );
});

test("what names no table is about everything", async () => {
  await expect(db.send(new ListTablesCommand({}))).rejects.toThrow(notAllowed("dynamodb:ListTables", "*"));
});

test("a server process that had to be started again knows the same keys and policies", async () => {
  const before = local.server.processId;
  if (before !== undefined) process.kill(before, "SIGKILL");
  const get = (TableName: string) => db.send(new GetItemCommand({ TableName, Key }));
  await eventually(() => get("open").catch(() => undefined));
  expect(local.server.processId).not.toBe(before);
  await expect(get("closed")).rejects.toThrow(notAllowed("dynamodb:GetItem", table("closed")));
});
