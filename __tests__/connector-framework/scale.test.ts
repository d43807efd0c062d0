import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { leaveOut } from "../../bench/busy-table.ts";
import { batchSize, fill, pages } from "../../bench/documents.ts";
import { meter } from "../../bench/meter.ts";
import { documentStore } from "../../handlers/connector-framework/store/documents.ts";
import { createDocumentClient } from "../../handlers/runtime/aws-clients.ts";
import { tokens } from "../helpers/connector-framework.ts";
import { createConnectorFrameworkTables, tables } from "../helpers/connector-framework-tables.ts";
import { startTestDynamoDb } from "../helpers/dynamodb.ts";

let dynamoDb: Awaited<ReturnType<typeof startTestDynamoDb>>;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  await createConnectorFrameworkTables();
});
afterAll(() => dynamoDb.stop());

let client: DynamoDBDocumentClient;
beforeEach(() => {
  client = createDocumentClient();
});
afterEach(() => client.destroy());

const connector = (connectorId: string) => ({ tenant: "arn:aws:ccf:eu-central-1:123456789012", connectorId });

async function costs(documents: ReturnType<typeof documentStore>, connectorId: string, count: number) {
  await fill(documents, connector(connectorId), count);
  const { read } = meter(client);
  const all = [];
  for await (const { units, requests } of pages(documents, connector(connectorId), read)) all.push({ units, requests });
  return all;
}

test("a page of documents costs what it holds, however many there are", async () => {
  const documents = documentStore(client, tables.documents, tokens);
  const [ofFew, ...others] = await costs(documents, "cc-000000000001", 2 * batchSize);
  client.middlewareStack.remove("meter");
  const ofMany = await costs(documents, "cc-000000000002", 20 * batchSize);
  expect(others).toHaveLength(1);
  expect(ofFew?.units).toBeGreaterThan(0);
  expect(ofMany).toHaveLength(20);
  // The last page knows that it is the last, and reads no item more.
  for (const cost of ofMany.slice(0, -1)) expect(cost).toEqual(ofFew);
});

test("a hundred documents are recorded by one look for those there are, and four writes", async () => {
  const documents = documentStore(client, tables.documents, tokens);
  const { read } = meter(client);
  await fill(documents, connector("cc-000000000003"), batchSize);
  expect(read().requests).toEqual({ BatchGetItem: 1, BatchWriteItem: 4 });
});

test("what a busy table leaves out is written after a pause that grows, and nothing is written twice", async () => {
  const documents = documentStore(client, tables.documents, tokens);
  const { read } = meter(client);
  const batches: number[] = [];
  leaveOut(client, (items) => {
    batches.push(items);
    return batches.length < 3 ? Math.ceil(items / 2) : items;
  });
  const begun = performance.now();
  await fill(documents, connector("cc-000000000004"), 25);
  expect(batches).toEqual([25, 12, 6]);
  // 50 ms and twice that, each up to twice as long.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(150);
  expect(read().requests).toEqual({ BatchGetItem: 1, BatchWriteItem: 3 });
  expect(await documents.list(connector("cc-000000000004"), { limit: 100, token: undefined })).toMatchObject({
    items: { length: 25 },
    nextToken: null,
  });
});
