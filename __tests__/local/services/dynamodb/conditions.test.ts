import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { createTestTable, key, startTestDynamoDb, type TestDynamoDb } from "./harness.ts";

let local: TestDynamoDb;
let TableName: string;
const item: Record<string, AttributeValue> = {
  ...key("item"),
  map: { M: { a: { N: "1" }, b: { L: [{ S: "x" }] } } },
  list: { L: [{ N: "1" }, { M: {} }] },
  empty: { S: "" },
  no: { BOOL: false },
  zero: { N: "0" },
  set: { SS: ["b", "a"] },
  numbers: { NS: ["1", "2"] },
  binary: { B: new Uint8Array([1, 2, 3]) },
  text: { S: "text" },
};

beforeAll(async () => {
  local = await startTestDynamoDb();
  TableName = await createTestTable(local.db);
  await local.db.send(new PutItemCommand({ TableName, Item: item }));
});
afterAll(() => local.close());

const expressions: [string, boolean, Record<string, AttributeValue>][] = [
  ["#map = :v", true, { ":v": { M: { b: { L: [{ S: "x" }] }, a: { N: "1.0" } } } }],
  ["#list = :v", true, { ":v": { L: [{ N: "1" }, { M: {} }] } }],
  ["#list = :v", false, { ":v": { L: [{ M: {} }, { N: "1" }] } }],
  ["#map IN (:v)", true, { ":v": { M: { a: { N: "1" }, b: { L: [{ S: "x" }] } } } }],
  ["#map <> :v", false, { ":v": { M: { a: { N: "1" }, b: { L: [{ S: "x" }] } } } }],
  ["attribute_type(#empty, :v)", true, { ":v": { S: "S" } }],
  ["attribute_type(#no, :v)", true, { ":v": { S: "BOOL" } }],
  ["attribute_type(#no, :v)", false, { ":v": { S: "S" } }],
  ["#empty IN (:v)", true, { ":v": { S: "" } }],
  ["#no IN (:v)", true, { ":v": { BOOL: false } }],
  ["#empty BETWEEN :v AND :w", true, { ":v": { S: "" }, ":w": { S: "b" } }],
  ["size(#empty) = :v", true, { ":v": { N: "0" } }],
  ["size(#map) = :v AND size(#list) = :v AND size(#set) = :v", true, { ":v": { N: "2" } }],
  ["size(#no) = :v", false, { ":v": { N: "1" } }],
  ["#set = :v", true, { ":v": { SS: ["a", "b"] } }],
  ["#zero < :v", true, { ":v": { N: "0.00000000000000000000000000000000000001" } }],
  ["#zero > :v", true, { ":v": { N: "-1" } }],
  ["#zero < :v", false, { ":v": { S: "a" } }],
  ["contains(#list, :v)", true, { ":v": { M: {} } }],
  ["contains(#numbers, :v)", true, { ":v": { N: "2" } }],
  ["contains(#text, :v) AND begins_with(#text, :v)", true, { ":v": { S: "te" } }],
  ["begins_with(#binary, :v)", true, { ":v": { B: new Uint8Array([1, 2]) } }],
  ["#missing <> :v", true, { ":v": { S: "" } }],
  ["#missing = #absent", false, {}],
  ["attribute_not_exists(#constructor)", true, {}],
  ["NOT attribute_exists(#map.#a)", false, {}],
];

const names = (expression: string) =>
  Object.fromEntries([...expression.matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name ?? ""]));

test.each(expressions)("%s is %s, as a condition and as a filter", async (expression, expected, values) => {
  const common = {
    TableName,
    ExpressionAttributeNames: names(expression),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
  const put = local.db.send(new PutItemCommand({ ...common, Item: item, ConditionExpression: expression }));
  const outcome = await put.then(
    () => true,
    (error) => (error.name === "ConditionalCheckFailedException" ? false : Promise.reject(error)),
  );
  expect(outcome).toBe(expected);
  const scan = await local.db.send(new ScanCommand({ ...common, FilterExpression: expression }));
  expect(scan.Count).toBe(expected ? 1 : 0);
});

test("the legacy parameters mean the same", async () => {
  const put = (Expected: Record<string, object>, ConditionalOperator?: "AND" | "OR") =>
    local.db.send(
      new PutItemCommand({ TableName, Item: item, Expected, ...(ConditionalOperator && { ConditionalOperator }) }),
    );
  await put({ empty: { Value: { S: "" } }, missing: { Exists: false } });
  await put({ text: { Value: { S: "other" } }, no: { Value: { BOOL: false } } }, "OR");
  await expect(put({ text: { Value: { S: "other" } }, no: { Value: { BOOL: false } } }, "AND")).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
  });
});

test("a failed condition gives the item as it was, if it is asked for", async () => {
  const update = {
    TableName,
    Key: key("item"),
    UpdateExpression: "SET #t = :v",
    ConditionExpression: "#t = :v",
    ExpressionAttributeNames: { "#t": "text" },
    ExpressionAttributeValues: { ":v": { S: "other" } },
  };
  const failure = (ReturnValuesOnConditionCheckFailure: "ALL_OLD" | "NONE") =>
    local.db.send(new UpdateItemCommand({ ...update, ReturnValuesOnConditionCheckFailure })).catch((error) => error);
  expect((await failure("ALL_OLD")).Item.text).toEqual({ S: "text" });
  expect((await failure("NONE")).Item).toBeUndefined();
});

test("an update reads every value before it writes any, and removes list elements by their old index", async () => {
  const Key = key("aliases");
  await local.db.send(
    new PutItemCommand({
      TableName,
      Item: { ...Key, s: { SS: ["a"] }, l: { L: ["0", "1", "2"].map((N) => ({ N })) } },
    }),
  );
  await local.db.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: "REMOVE l[0], l[1] SET copied = s ADD s :more",
      ExpressionAttributeValues: { ":more": { SS: ["b"] } },
    }),
  );
  const { Item } = await local.db.send(new GetItemCommand({ TableName, Key }));
  expect(Item?.copied).toEqual({ SS: ["a"] });
  expect(Item?.s).toEqual({ SS: ["a", "b"] });
  expect(Item?.l).toEqual({ L: [{ N: "2" }] });
});
