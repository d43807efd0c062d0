import * as z from "zod";
import { documentStore } from "../../../../handlers/connector-framework/store/documents.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import { type ConnectorFramework, startConnectorFramework, tokens } from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const checksum = "a".repeat(64);
const listed = z.object({
  documents: z.array(
    z.strictObject({ document_id: z.string(), checksum: z.string(), created_at: z.string(), updated_at: z.string() }),
  ),
  next_token: z.string().nullable(),
});

const put = (connector_id: string, ids: readonly string[], sum = checksum) =>
  framework.call("BatchPutCustomConnectorDocuments", {
    connector_id,
    documents: ids.map((document_id) => ({ document_id, checksum: sum })),
  });
const list = async (connector_id: string, page: Record<string, unknown> = {}) =>
  listed.parse((await framework.call("ListCustomConnectorDocuments", { connector_id, ...page })).body);

test("a hundred documents at once are recorded and listed by id, in full pages", async () => {
  const connector_id = await framework.connector();
  const ids = Array.from({ length: 100 }, (_, index) => `document-${String(index).padStart(3, "0")}`);
  expect(await put(connector_id, ids)).toEqual({ status: 202, body: {} });
  const found: string[] = [];
  let next_token: string | null = null;
  do {
    const page: z.output<typeof listed> = await list(connector_id, {
      max_results: 40,
      ...(next_token && { next_token }),
    });
    found.push(...page.documents.map(({ document_id }) => document_id));
    next_token = page.next_token;
  } while (next_token !== null);
  expect(found).toEqual(ids);
  expect((await list(connector_id)).documents).toHaveLength(50);
});

test("a document recorded again keeps the time of the first, beside new ones that get their own", async () => {
  const connector_id = await framework.connector();
  await put(connector_id, ["old"]);
  const [before] = (await list(connector_id)).documents;
  await put(connector_id, ["old", "young"], "b".repeat(64));
  const [old, young] = (await list(connector_id)).documents;
  expect(old).toEqual({ ...before, checksum: "b".repeat(64), updated_at: expect.any(String) });
  expect((old?.updated_at ?? "") > (before?.updated_at ?? "")).toBe(true);
  expect(young?.created_at).toBe(young?.updated_at);
  expect(young?.created_at).toBe(old?.updated_at);
});

test("deleted documents are gone; unknown and repeated ids are no error", async () => {
  const connector_id = await framework.connector();
  const ids = Array.from({ length: 50 }, (_, index) => `d${index}`);
  await put(connector_id, [...ids, "kept"]);
  const document_ids = [...ids.slice(0, 48), "d0", "unknown"];
  const remove = { connector_id, document_ids };
  expect(await framework.call("BatchDeleteCustomConnectorDocuments", remove)).toEqual({ status: 202, body: {} });
  expect((await list(connector_id)).documents.map(({ document_id }) => document_id)).toEqual(["d48", "d49", "kept"]);
});

test("one id under two connectors is two documents", async () => {
  const [mine, other] = [await framework.connector(), await framework.connector()];
  await put(mine, ["same"]);
  await put(other, ["same"], "b".repeat(64));
  await framework.call("BatchDeleteCustomConnectorDocuments", { connector_id: other, document_ids: ["same"] });
  expect((await list(mine)).documents).toMatchObject([{ document_id: "same", checksum }]);
  expect((await list(other)).documents).toEqual([]);
});

test("without the connector there are no documents, and another account reaches none", async () => {
  const mine = await framework.connector();
  const calls = [
    ["BatchPutCustomConnectorDocuments", { documents: [{ document_id: "d", checksum }] }],
    ["BatchDeleteCustomConnectorDocuments", { document_ids: ["d"] }],
    ["ListCustomConnectorDocuments", {}],
  ] as const;
  await put(mine, ["d"]);
  for (const [operation, input] of calls) {
    const answer = await framework.call(operation, { connector_id: "cc-000000000000", ...input });
    expect(answer.status).toBe(404);
    expect((await framework.call(operation, { connector_id: mine, ...input }, "333333333333")).status).toBe(404);
  }
  expect((await list(mine)).documents).toHaveLength(1);
});

test.each([
  ["control characters", "\u0001".repeat(512)],
  ["quotes", '"'.repeat(512)],
  ["two-byte letters", "é".repeat(512)],
  ["path characters", "https://example.com/a b?c=d#e%2F"],
])("an id of %s can be listed past", async (_, document_id) => {
  const connector_id = await framework.connector();
  expect((await put(connector_id, [document_id, "~last"])).status).toBe(202);
  const ids: string[] = [];
  let next_token: string | null = null;
  do {
    const page: z.output<typeof listed> = await list(connector_id, {
      max_results: 1,
      ...(next_token && { next_token }),
    });
    ids.push(...page.documents.map((document) => document.document_id));
    next_token = page.next_token;
  } while (next_token !== null);
  expect(ids.sort()).toEqual([document_id, "~last"].sort());
});

/** A client of a DynamoDB so busy that it takes seven writes of a batch at most, and the sizes of the batches it got. */
function clientOfBusyTable() {
  const client = createDocumentClient();
  const batches: number[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "BatchWriteItemCommand") return next(args);
      const requests = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) }).parse(args.input);
      const [table = "", items = []] = Object.entries(requests.RequestItems)[0] ?? [];
      batches.push(items.length);
      const result = await next({ ...args, input: { ...args.input, RequestItems: { [table]: items.slice(0, 7) } } });
      const left = items.slice(7);
      return { ...result, output: { ...result.output, UnprocessedItems: left.length > 0 ? { [table]: left } : {} } };
    },
    { step: "initialize", priority: "low" },
  );
  return { client, batches };
}

test("what a busy table leaves out is written again, until all is", async () => {
  const connector_id = await framework.connector();
  const { client, batches } = clientOfBusyTable();
  const documents = Array.from({ length: 30 }, (_, index) => ({ document_id: `d${index}`, checksum }));
  await documentStore(client, tables.documents, tokens).put(
    { tenant, connectorId: connector_id },
    documents,
    framework.clock(),
  );
  expect((await list(connector_id)).documents).toHaveLength(30);
  expect(batches).toEqual([25, 18, 11, 4, 5]);
  client.destroy();
});
