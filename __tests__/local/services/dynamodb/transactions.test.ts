import { rmSync } from "node:fs";
import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { openService } from "../../../../local/services/dynamodb/service.ts";
import {
  ACCOUNT,
  createTestTable,
  key,
  REGION,
  startTestDynamoDb,
  type TestDynamoDb,
  temporaryDirectory,
} from "./harness.ts";

let local: TestDynamoDb;
let TableName: string;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());
beforeEach(async () => {
  TableName = await createTestTable(local.db);
});

const transact = (TransactItems: TransactWriteItem[], options: Partial<TransactWriteItemsCommandInput> = {}) =>
  local.db.send(new TransactWriteItemsCommand({ TransactItems, ...options }));

const canceled = async (items: TransactWriteItem[]) => {
  const error = await transact(items).catch((reason) => reason);
  if (!(error instanceof TransactionCanceledException)) throw error;
  return error;
};

const put = (pk: string, attributes: Record<string, AttributeValue> = {}) =>
  local.db.send(new PutItemCommand({ TableName, Item: { ...key(pk), ...attributes } }));

const get = async (pk: string) =>
  (await local.db.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true }))).Item;

const add = (pk: string, amount: number): TransactWriteItem => ({
  Update: {
    TableName,
    Key: key(pk),
    UpdateExpression: "ADD n :n",
    ExpressionAttributeValues: { ":n": { N: String(amount) } },
  },
});

test("all four kinds of action take effect together", async () => {
  await put("guard");
  await put("old");
  await transact([
    { Put: { TableName, Item: key("new"), ConditionExpression: "attribute_not_exists(pk)" } },
    add("counter", 2),
    { Delete: { TableName, Key: key("old") } },
    { ConditionCheck: { TableName, Key: key("guard"), ConditionExpression: "attribute_exists(pk)" } },
  ]);
  expect(await get("new")).toEqual(key("new"));
  expect(await get("counter")).toEqual({ ...key("counter"), n: { N: "2" } });
  expect(await get("old")).toBeUndefined();
});

test("one failed condition cancels all, with a reason for each action in its place", async () => {
  await put("held", { by: { S: "ann" } });
  const missing = { TableName, ConditionExpression: "attribute_not_exists(pk)" };
  const error = await canceled([
    { Put: { TableName, Item: key("new") } },
    { Put: { ...missing, Item: key("held"), ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
    { ConditionCheck: { TableName, Key: key("absent"), ConditionExpression: "attribute_exists(pk)" } },
    { Update: { TableName, Key: key("other"), UpdateExpression: "SET a = nowhere" } },
  ]);
  expect(error.message).toBe(
    "Transaction cancelled, please refer cancellation reasons for specific reasons " +
      "[None, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]",
  );
  expect(error.CancellationReasons).toEqual([
    { Code: "None" },
    {
      Code: "ConditionalCheckFailed",
      Message: "The conditional request failed",
      Item: { ...key("held"), by: { S: "ann" } },
    },
    { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
    {
      Code: "ValidationError",
      Message: "The provided expression refers to an attribute that does not exist in the item",
    },
  ]);
  expect(await get("new")).toBeUndefined();
});

test("a repeated client token is answered and not carried out again; with another request it is refused", async () => {
  const ClientRequestToken = "once";
  await transact([add("counter", 1)], { ClientRequestToken });
  await transact([add("counter", 1)], { ClientRequestToken });
  expect((await get("counter"))?.n).toEqual({ N: "1" });
  await expect(transact([add("counter", 2)], { ClientRequestToken })).rejects.toMatchObject({
    name: "IdempotentParameterMismatchException",
  });
});

test("a client token of a cancelled transaction can be used again", async () => {
  const ClientRequestToken = "again";
  const ifThere: TransactWriteItem[] = [
    { ConditionCheck: { TableName, Key: key("guard"), ConditionExpression: "attribute_exists(pk)" } },
    add("counter", 1),
  ];
  await expect(transact(ifThere, { ClientRequestToken })).rejects.toBeInstanceOf(TransactionCanceledException);
  await put("guard");
  await transact(ifThere, { ClientRequestToken });
  expect((await get("counter"))?.n).toEqual({ N: "1" });
});

test("a client token survives a restart for 10 minutes, and no longer", async () => {
  const dataDirectory = temporaryDirectory();
  let now = Date.UTC(2030, 0, 1);
  const open = () => openService({ dataDirectory, region: REGION, accountId: ACCOUNT, clock: () => now });
  const write = "DynamoDB_20120810.TransactWriteItems";
  const request = {
    ClientRequestToken: "kept",
    TransactItems: [
      {
        Update: {
          TableName: "counters",
          Key: { pk: { S: "a" } },
          UpdateExpression: "ADD n :n",
          ExpressionAttributeValues: { ":n": { N: "1" } },
        },
      },
    ],
  };
  const count = { TableName: "counters", Key: { pk: { S: "a" } } };
  let service = await open();
  await service.call("DynamoDB_20120810.CreateTable", {
    TableName: "counters",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  });
  await service.call(write, structuredClone(request));
  await service.close();

  now += 9 * 60_000;
  service = await open();
  await service.sweep();
  await service.call(write, structuredClone(request));
  expect(await service.call("DynamoDB_20120810.GetItem", count)).toMatchObject({ Item: { n: { N: "1" } } });
  now += 60_000;
  await service.sweep();
  await service.call(write, structuredClone(request));
  expect(await service.call("DynamoDB_20120810.GetItem", count)).toMatchObject({ Item: { n: { N: "2" } } });
  await service.close();
  rmSync(dataDirectory, { recursive: true });
});

test.each<[string, () => TransactWriteItem[], RegExp]>([
  ["no action", () => [], /greater than or equal to 1/],
  ["101 actions", () => Array.from({ length: 101 }, (_, n) => add(`${n}`, 1)), /less than or equal to 100/],
  ["an action of two kinds", () => [{ ...add("a", 1), Delete: { TableName, Key: key("b") } }], /can only contain one/],
  [
    "two actions on one item",
    () => [add("a", 1), { Delete: { TableName, Key: key("a") } }],
    /multiple operations on one item/,
  ],
])("fails when it has %s, and changes nothing", async (_case, items, message) => {
  const error = await transact(items()).catch((reason) => reason);
  expect(error).toMatchObject({ name: "ValidationException", message: expect.stringMatching(message) });
  expect(await get("a")).toBeUndefined();
});

test("100 actions are allowed, and more than 4 MB in all are not", async () => {
  await transact(Array.from({ length: 100 }, (_, n) => add(`${n}`, 1)));
  expect((await get("99"))?.n).toEqual({ N: "1" });
  const large = Array.from({ length: 11 }, (_, n) => ({
    Put: { TableName, Item: { ...key(`large-${n}`), v: { S: "x".repeat(390 * 1024) } } },
  }));
  await expect(transact(large)).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringMatching(/4 MB/),
  });
  expect(await get("large-0")).toBeUndefined();
});

test("TransactGetItems answers in the order of its keys, with a projection, and empty for what is not there", async () => {
  await put("a", { n: { N: "1" }, m: { S: "x" } });
  const { Responses, ConsumedCapacity } = await local.db.send(
    new TransactGetItemsCommand({
      TransactItems: [
        { Get: { TableName, Key: key("absent") } },
        { Get: { TableName, Key: key("a"), ProjectionExpression: "n" } },
      ],
      ReturnConsumedCapacity: "TOTAL",
    }),
  );
  expect(Responses).toEqual([{}, { Item: { n: { N: "1" } } }]);
  expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: expect.any(Number) }]);
});

test("interleaved transfers conserve the sum, in every consistent view and at the end", async () => {
  const accounts = ["a", "b", "c", "d"];
  const total = async () => {
    const { Responses = [] } = await local.db.send(
      new TransactGetItemsCommand({ TransactItems: accounts.map((pk) => ({ Get: { TableName, Key: key(pk) } })) }),
    );
    return Responses.reduce((sum, { Item }) => sum + Number(Item?.n?.N), 0);
  };
  const transfer = fc.record({
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    amount: fc.integer({ min: 1, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(transfer, { minLength: 20, maxLength: 60 }), async (transfers) => {
      for (const pk of accounts) await put(pk, { n: { N: "100" } });
      const outcomes = await Promise.all(
        transfers.flatMap(({ from, to, amount }) => [
          transact([
            {
              Update: {
                TableName,
                Key: key(from),
                UpdateExpression: "SET n = n - :n",
                ConditionExpression: "n >= :n",
                ExpressionAttributeValues: { ":n": { N: String(amount) } },
              },
            },
            add(to, amount),
          ]).catch((error) => error.name),
          total(),
        ]),
      );
      const sums = outcomes.filter((outcome) => typeof outcome === "number");
      expect(new Set(sums)).toEqual(new Set([400]));
      expect(await total()).toBe(400);
      for (const pk of accounts) expect(Number((await get(pk))?.n?.N)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 6 },
  );
});
