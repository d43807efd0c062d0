import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import {
  allRecords,
  createTestTable,
  key,
  NEW_AND_OLD_IMAGES,
  startTestDynamoDb,
  type TestDynamoDb,
} from "./harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());

/** The model: what DynamoDB should hold, as plain numbers by key. */
type Model = ReadonlyMap<string, number>;

interface Write {
  readonly kind: "put" | "add" | "delete" | "check";
  readonly pk: string;
  readonly n: number;
  readonly condition: "none" | "absent" | "present" | "equal" | "at-least";
  readonly limit: number;
}

const write: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom("put", "add", "delete"),
  pk: fc.constantFrom("a", "b", "c"),
  n: fc.integer({ min: -2, max: 3 }),
  condition: fc.constantFrom("none", "absent", "present", "equal", "at-least"),
  limit: fc.integer({ min: -2, max: 3 }),
});
const action = fc.oneof(
  write,
  write.map(
    (one): Write => ({ ...one, kind: "check", condition: one.condition === "none" ? "present" : one.condition }),
  ),
);
const command = fc.oneof(
  write.map((one) => [one]),
  fc.uniqueArray(action, { minLength: 1, maxLength: 3, selector: ({ pk }) => pk }),
);

function holds({ condition, pk, limit }: Write, model: Model): boolean {
  const n = model.get(pk);
  switch (condition) {
    case "none":
      return true;
    case "absent":
      return n === undefined;
    case "present":
      return n !== undefined;
    case "equal":
      return n === limit;
    case "at-least":
      return n !== undefined && n >= limit;
  }
}

function apply(writes: readonly Write[], model: Model): Model {
  const next = new Map(model);
  for (const { kind, pk, n } of writes) {
    if (kind === "put") next.set(pk, n);
    if (kind === "add") next.set(pk, (next.get(pk) ?? 0) + n);
    if (kind === "delete") next.delete(pk);
  }
  return next;
}

const conditions = {
  absent: "attribute_not_exists(pk)",
  present: "attribute_exists(pk)",
  equal: "n = :limit",
  "at-least": "n >= :limit",
};

function parameters({ kind, pk, n, condition, limit }: Write, TableName: string) {
  const values: Record<string, AttributeValue> = {
    ...((condition === "equal" || condition === "at-least") && { ":limit": { N: String(limit) } }),
    ...(kind === "add" && { ":n": { N: String(n) } }),
  };
  return {
    TableName,
    Key: key(pk),
    Item: { ...key(pk), n: { N: String(n) } },
    UpdateExpression: "ADD n :n",
    ConditionExpression: condition === "none" ? undefined : conditions[condition],
    ExpressionAttributeValues: Object.keys(values).length > 0 ? values : undefined,
  };
}

function transactItem(one: Write, TableName: string): TransactWriteItem {
  const { Key, Item, UpdateExpression, ...common } = parameters(one, TableName);
  const { ConditionExpression = "attribute_exists(pk)" } = common;
  if (one.kind === "put") return { Put: { ...common, Item } };
  if (one.kind === "add") return { Update: { ...common, Key, UpdateExpression } };
  if (one.kind === "delete") return { Delete: { ...common, Key } };
  return { ConditionCheck: { ...common, Key, ConditionExpression } };
}

async function send(writes: readonly Write[], TableName: string): Promise<unknown> {
  const [only] = writes;
  if (writes.length > 1 || only === undefined || only.kind === "check") {
    return local.db.send(
      new TransactWriteItemsCommand({ TransactItems: writes.map((one) => transactItem(one, TableName)) }),
    );
  }
  const { Key, Item, UpdateExpression, ...common } = parameters(only, TableName);
  if (only.kind === "put") return local.db.send(new PutItemCommand({ ...common, Item }));
  if (only.kind === "add") return local.db.send(new UpdateItemCommand({ ...common, Key, UpdateExpression }));
  return local.db.send(new DeleteItemCommand({ ...common, Key }));
}

const numbers = (items: readonly Record<string, AttributeValue>[]) =>
  new Map(items.map((item) => [item.pk?.S ?? "", Number(item.n?.N)]));

test("any sequence of conditional writes and transactions does what the model does, and its stream replays to the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 50 }), async (commands) => {
      const TableName = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
      let model: Model = new Map();
      let changes = 0;
      for (const writes of commands) {
        const expected = writes.every((one) => holds(one, model));
        const outcome = await send(writes, TableName).then(
          () => "done",
          (error) => error.name,
        );
        const failure = ["ConditionalCheckFailedException", "TransactionCanceledException"];
        expect(expected ? outcome === "done" : failure.includes(outcome)).toBe(true);
        if (!expected) continue;
        const after = apply(writes, model);
        changes += writes.filter(({ pk }) => model.get(pk) !== after.get(pk)).length;
        model = after;
      }
      const { Items = [] } = await local.db.send(new ScanCommand({ TableName }));
      expect(numbers(Items)).toEqual(model);

      const records = await allRecords(local.streams, TableName);
      expect(records).toHaveLength(changes);
      const replayed = new Map<string, number>();
      for (const { eventName, dynamodb } of records) {
        const pk = dynamodb?.Keys?.pk?.S ?? "";
        expect(dynamodb?.OldImage ? Number(dynamodb.OldImage.n?.N) : undefined).toBe(replayed.get(pk));
        expect(eventName).toBe(!dynamodb?.OldImage ? "INSERT" : dynamodb.NewImage ? "MODIFY" : "REMOVE");
        if (dynamodb?.NewImage) replayed.set(pk, Number(dynamodb.NewImage.n?.N));
        else replayed.delete(pk);
      }
      expect(replayed).toEqual(model);
    }),
    { numRuns: 25 },
  );
});
