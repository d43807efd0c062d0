import { CreateTableCommand, type CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import {
  all,
  type Condition,
  conditionExpression,
  exists,
  isBelow,
  isNew,
  isOneOf,
  isStill,
  updateExpression,
} from "../../../handlers/runtime/dynamodb/expressions.ts";
import { type Change, memoryDynamoDb } from "../../helpers/simulation/dynamodb/memory-dynamodb.ts";
import { answer, errorAnswer, requestHandler } from "../../helpers/simulation/wire.ts";
import { WireError } from "../../helpers/simulation/wire-error.ts";
import { allRecords, clients, startTestDynamoDb, type TestDynamoDb } from "../../local/services/dynamodb/harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());

const definition = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "sk", "group", "mark"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "ByGroup",
      KeySchema: [
        { AttributeName: "group", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
    {
      IndexName: "Marked",
      KeySchema: [{ AttributeName: "mark", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
});

/** The one in memory, behind a client of its own, and what it told of its changes. */
function inMemory(table: string) {
  const changes: Change[] = [];
  const dynamoDb = memoryDynamoDb({
    tables: [definition(table)],
    now: Date.now,
    onCommit: (together) => changes.push(...together),
  });
  const { db, streams } = clients("http://127.0.0.1:1");
  streams.destroy();
  db.config.requestHandler = requestHandler(async ({ operation, body }) => {
    try {
      return answer(dynamoDb.call(operation, body));
    } catch (error) {
      if (error instanceof WireError) return errorAnswer(error);
      throw error;
    }
  });
  return { client: DynamoDBDocumentClient.from(db), changes };
}

const key = fc.record({ pk: fc.constantFrom("a", "b"), sk: fc.constantFrom("1", "2", "3") });
const text = fc.constantFrom("", "x", "y", "é", "x#y");
const attributes = fc.record(
  {
    group: fc.constantFrom("g", "h"),
    mark: fc.constantFrom("m", "n"),
    status: text,
    count: fc.integer({ min: -3, max: 3 }),
    flag: fc.boolean(),
    nested: fc.record({ list: fc.array(text, { maxLength: 2 }) }),
  },
  { requiredKeys: [] },
);
const simple = fc.oneof(
  fc.constantFrom("status", "count", "mark", "nothing").map(exists),
  fc.constantFrom("status", "mark").map(isNew),
  fc.option(text, { nil: undefined }).map((value) => isStill("status", value)),
  fc.integer({ min: -3, max: 3 }).map((limit) => isBelow("count", limit)),
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((values) => isOneOf("status", values)),
  text.map((value): Condition => ({ expression: "NOT #status <> :other", values: { ":other": value } })),
  text.map((value): Condition => ({ expression: "begins_with(#status, :start)", values: { ":start": value } })),
  fc.constant<Condition>({ expression: "#count BETWEEN :low AND :high", values: { ":low": -1, ":high": 1 } }),
  fc.constant<Condition>({ expression: "size(#status) > :size", values: { ":size": 0 } }),
  fc.constant<Condition>({
    expression: "#flag = :flag OR attribute_type(#count, :type)",
    values: { ":flag": true, ":type": "N" },
  }),
  // What is wrong by itself.
  fc.constant<Condition>({ expression: "#status = :undefined" }),
  fc.constant<Condition>({ expression: "attribute_exists(#status)", values: { ":unused": 1 } }),
);
const condition = fc.oneof(
  simple,
  fc.tuple(simple, fc.constant(exists("pk"))).map((both) => all(...both)),
);
const change = fc.record(
  {
    set: fc.record({ status: text, group: fc.constantFrom("g", "h") }, { requiredKeys: ["status"] }),
    setOnce: fc.record({ mark: fc.constantFrom("m", "n") }),
    add: fc.record({ count: fc.integer({ min: -2, max: 2 }) }),
    remove: fc.constantFrom([], ["flag"], ["nested", "flag"]),
  },
  { requiredKeys: ["set"] },
);
const old = fc.constantFrom("ALL_OLD" as const, "NONE" as const);
const write = fc.record({
  kind: fc.constantFrom("put", "update", "delete", "check"),
  key,
  attributes,
  change,
  condition,
  old,
});
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("write" as const), write, conditional: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("transact" as const),
      writes: fc.array(write, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("get" as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("query" as const),
      pk: fc.constantFrom("a", "b"),
      limit: fc.integer({ min: 1, max: 3 }),
      forward: fc.boolean(),
      filter: fc.option(simple, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("index" as const), group: fc.constantFrom("g", "h") }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("scan" as const), index: fc.constantFrom(undefined, "Marked") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("batch" as const),
      puts: fc.uniqueArray(fc.record({ key, attributes }), {
        minLength: 1,
        maxLength: 3,
        selector: ({ key }) => JSON.stringify(key),
      }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Transaction = NonNullable<TransactWriteCommandInput["TransactItems"]>;

function transactItem(
  TableName: string,
  { kind, key, attributes, change, condition, old }: Write,
): Transaction[number] {
  const target = { TableName, ReturnValuesOnConditionCheckFailure: old };
  const conditional = { ...target, ...conditionExpression(condition) };
  if (kind === "put") return { Put: { ...conditional, Item: { ...key, ...attributes } } };
  if (kind === "update") return { Update: { ...target, Key: key, ...updateExpression(change, condition) } };
  if (kind === "delete") return { Delete: { ...conditional, Key: key } };
  return { ConditionCheck: { ...conditional, Key: key } };
}

async function send(client: DynamoDBDocumentClient, TableName: string, step: Step): Promise<object | undefined> {
  switch (step.do) {
    case "write": {
      const { Put, Update, Delete, ConditionCheck } = transactItem(TableName, step.write);
      const bare = { TableName, Key: step.write.key };
      if (Put) return client.send(new PutCommand(step.conditional ? Put : { TableName, Item: Put.Item }));
      if (Update)
        return client.send(
          new UpdateCommand({
            ...(step.conditional ? Update : { ...bare, ...updateExpression(step.write.change) }),
            ReturnValues: "ALL_NEW",
          }),
        );
      if (Delete) return client.send(new DeleteCommand(step.conditional ? Delete : bare));
      return ConditionCheck && client.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck }] }));
    }
    case "transact":
      return client.send(
        new TransactWriteCommand({ TransactItems: step.writes.map((write) => transactItem(TableName, write)) }),
      );
    case "get":
      return client.send(
        new GetCommand({ TableName, Key: step.key, ConsistentRead: true, ProjectionExpression: "pk, mark" }),
      );
    case "query": {
      const { expression, values } = step.filter ?? {};
      const pages = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :none)",
            ...(expression !== undefined && {
              FilterExpression: expression,
              ExpressionAttributeNames: conditionExpression({ expression }).ExpressionAttributeNames,
            }),
            ExpressionAttributeValues: { ":pk": step.pk, ":none": "", ...values },
            Limit: step.limit,
            ScanIndexForward: step.forward,
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        pages.push(page.Items, page.Count, page.ScannedCount, page.LastEvaluatedKey);
        from = page.LastEvaluatedKey;
      } while (from);
      return pages;
    }
    case "index": {
      const request = { TableName, IndexName: "ByGroup", KeyConditionExpression: "#g = :g" };
      const placeholders = {
        ExpressionAttributeNames: { "#g": "group" },
        ExpressionAttributeValues: { ":g": step.group },
      };
      return unordered(await client.send(new QueryCommand({ ...request, ...placeholders })));
    }
    case "scan":
      return unordered(await client.send(new ScanCommand({ TableName, IndexName: step.index })));
    case "batch": {
      const puts = step.puts.map(({ key, attributes }) => ({ PutRequest: { Item: { ...key, ...attributes } } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
      const Keys = step.puts.map(({ key }) => key);
      const found = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
      );
      return unordered({ Items: found.Responses?.[TableName] ?? [] });
    }
  }
}

/** The order among equal keys of an index, and of a scan, is nobody's promise. */
const unordered = ({ Items = [] }: { Items?: Record<string, unknown>[] | undefined }) =>
  Items.map((item) => JSON.stringify(item, Object.keys(item).sort())).sort();

/** What a client makes of an answer. */
async function outcome(sent: Promise<object | undefined>): Promise<unknown> {
  try {
    const { $metadata, ConsumedCapacity, ...answered } = Object.assign(
      { $metadata: 0, ConsumedCapacity: 0 },
      await sent,
    );
    return answered;
  } catch (error) {
    const { name, Item, CancellationReasons } = Object.assign(
      { name: "", Item: undefined, CancellationReasons: [] },
      error,
    );
    const reasons = CancellationReasons.map(({ Code, Item }: { Code: string; Item?: unknown }) => ({ Code, Item }));
    return { error: name, Item, reasons };
  }
}

let tables = 0;

test("the DynamoDB in memory answers and records whatever the stores may ask as the local stage's does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const table = `things-${++tables}`;
      await local.db.send(new CreateTableCommand(definition(table)));
      const real = DynamoDBDocumentClient.from(local.db);
      const { client, changes } = inMemory(table);
      for (const step of steps)
        expect({ step, answer: await outcome(send(client, table, step)) }).toEqual({
          step,
          answer: await outcome(send(real, table, step)),
        });
      const records = await allRecords(local.streams, table);
      expect(changes.map(({ keys, before, after }) => ({ keys, before, after }))).toEqual(
        records.map(({ dynamodb }) => ({
          keys: dynamodb?.Keys,
          before: dynamodb?.OldImage,
          after: dynamodb?.NewImage,
        })),
      );
      client.destroy();
    }),
    { numRuns: 40 },
  );
}, 120_000);
