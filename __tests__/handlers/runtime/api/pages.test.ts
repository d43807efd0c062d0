import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import * as z from "zod";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { createApiClient } from "../../../../handlers/runtime/api/client.ts";
import { type Api, operationNames, operationOf } from "../../../../handlers/runtime/api/description.ts";
import { items, listOf, paginate } from "../../../../handlers/runtime/api/pages.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const documentOf = (document_id: string) => ({
  document_id,
  checksum: "a".repeat(64),
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
});

/** A service whose list has these pages, the token of each being its place; `circular` leads from the last to the second. */
async function listing(pages: readonly (readonly string[])[], { circular = false } = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://any");
    asked.push(url.search);
    const place = Number(url.searchParams.get("next_token") ?? 0);
    const next = place + 1 < pages.length ? String(place + 1) : circular ? "1" : null;
    response.end(JSON.stringify({ documents: (pages[place] ?? []).map(documentOf), next_token: next }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  const client = createApiClient(connectorFrameworkApi, {
    endpoint: `http://127.0.0.1:${port}/prod`,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    retries: 0,
  });
  return { client, asked };
}

async function all<T>(iterator: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of iterator) found.push(item);
  return found;
}

const list = "ListCustomConnectorDocuments";
const connector_id = "cc-1";

test("every item of every page comes, in order, however the pages are cut", async () => {
  const names = fc.array(fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(names, async (pages) => {
      const { client, asked } = await listing(pages);
      const listed = await all(items(client, list, { connector_id }));
      expect(listed.map(({ document_id }) => document_id)).toEqual(pages.flat());
      expect(asked).toHaveLength(pages.length);
    }),
    { numRuns: 25 },
  );
});

test("each page is asked for as the first was, with the token of the one before", async () => {
  const { client, asked } = await listing([["a"], [], ["b"]]);
  const answers = await all(paginate(client, list, { connector_id, max_results: 1 }));
  expect(answers.map(({ documents, next_token }) => [documents.length, next_token])).toEqual([
    [1, "1"],
    [0, "2"],
    [1, null],
  ]);
  expect(asked).toEqual(["?max_results=1", "?max_results=1&next_token=1", "?max_results=1&next_token=2"]);
});

test("it carries on from a token that is given", async () => {
  const { client } = await listing([["a"], ["b"], ["c"]]);
  const listed = await all(items(client, list, { connector_id, next_token: "1" }));
  expect(listed.map(({ document_id }) => document_id)).toEqual(["b", "c"]);
});

test("a page that nobody wants is not asked for", async () => {
  const { client, asked } = await listing([["a"], ["b"], ["c"]]);
  for await (const _ of items(client, list, { connector_id })) break;
  expect(asked).toHaveLength(1);
});

test("a service that leads in a circle is left", async () => {
  const { client, asked } = await listing([["a"], ["b"], ["c"]], { circular: true });
  const listed = all(items(client, list, { connector_id }));
  await expect(listed).rejects.toThrow("ListCustomConnectorDocuments leads to a page that was read already");
  expect(asked).toHaveLength(3);
});

test("what a list is, its description says", () => {
  const api: Api = connectorFrameworkApi;
  const lists = operationNames(api).flatMap((name) => {
    const found = listOf(operationOf(api, name));
    return found ? [[name, found.items]] : [];
  });
  expect(lists).toEqual([
    ["ListCustomConnectors", "connectors"],
    ["ListCustomConnectorJobs", "jobs"],
    ["ListCustomConnectorDocuments", "documents"],
  ]);
});

test("no list: without a token to ask with or to go on, with two arrays, with none", () => {
  const { query, success } = connectorFrameworkApi.operations.ListCustomConnectors;
  const operation = { method: "GET", path: "/x", summary: "Lists", query, success, errors: [] } as const;
  const answering = (body: z.ZodObject) => listOf({ ...operation, success: { status: 200, body } });
  const { connectors, next_token } = success.body.shape;
  expect(answering(success.body)).toEqual({ items: "connectors", pageSize: "max_results", token: "next_token" });
  expect(listOf({ ...operation, query: z.object({}) })).toBeUndefined();
  expect(answering(z.object({ connectors }))).toBeUndefined();
  expect(answering(z.object({ connectors, others: connectors, next_token }))).toBeUndefined();
  expect(answering(z.object({ connectors: z.string(), next_token }))).toBeUndefined();
});

test("the compiler takes lists only, with their inputs", () => {
  const client = createApiClient(connectorFrameworkApi, unused);
  // @ts-expect-error is no list
  items(client, "GetCustomConnector", { connector_id });
  // @ts-expect-error lacks the connector
  items(client, list, {});
  const listed = items(client, list, { connector_id });
  const checksums = async () => (await all(listed)).map(({ checksum }): string => checksum);
  expect(checksums).toBeDefined();
});

const unused = {
  endpoint: "http://127.0.0.1:1",
  region: "eu-central-1",
  credentials: { accessKeyId: "", secretAccessKey: "" },
};
