import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { ApiError, createApiClient } from "../../../../handlers/runtime/api/client.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A server that gives the prepared answers one after another, the last one for ever, and remembers what it was asked. */
async function scripted(...answers: [Answer, ...Answer[]]) {
  const asked: { readonly line: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const { status, body: answer } = answers[asked.length - 1] ?? answers[answers.length - 1] ?? answers[0];
    response.writeHead(status, { "content-type": "application/json" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { client: clientOf(port), asked };
}

const clientOf = (port: number) =>
  createApiClient(connectorFrameworkApi, {
    endpoint: `http://127.0.0.1:${port}/prod/`,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    retries: 2,
  });

const fetchNow = globalThis.fetch;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const emptyPage = { status: 200, body: JSON.stringify({ documents: [], next_token: null }) };

test("the input is spread over path, query and body, each encoded, and the request is signed", async () => {
  const { client, asked } = await scripted(emptyPage, { status: 202, body: "{}" });
  await client.call("ListCustomConnectorDocuments", {
    connector_id: "cc-a/b c",
    max_results: 7,
    next_token: "a+b c&d=e",
  });
  await client.call("BatchDeleteCustomConnectorDocuments", { connector_id: "cc-1", document_ids: ["é"] });
  expect(asked[0]?.line).toBe(
    "GET /prod/api/v1/custom-connectors/cc-a%2Fb%20c/documents?max_results=7&next_token=a%2Bb%20c%26d%3De",
  );
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/execute-api\/aws4_request/,
  );
  expect(asked[1]).toMatchObject({
    line: "DELETE /prod/api/v1/custom-connectors/cc-1/documents",
    body: JSON.stringify({ document_ids: ["é"] }),
  });
});

test.each([429, 500, 503])("a %i is asked again, and the answer that comes then is the answer", async (status) => {
  const { client, asked } = await scripted({ status, body: "{}" }, emptyPage);
  await expect(client.call("ListCustomConnectorDocuments", { connector_id: "cc-1" })).resolves.toEqual({
    documents: [],
    next_token: null,
  });
  expect(asked).toHaveLength(2);
});

const started = {
  status: 201,
  body: JSON.stringify({
    job: { job_id: "ccj-1", connector_id: "cc-1", status: "STARTED", created_at: "2026-01-01T00:00:00.000Z" },
  }),
};

test.each([429, 503])("a start that is answered %i had no effect and is sent again", async (status) => {
  const { client, asked } = await scripted({ status, body: "{}" }, started);
  await expect(client.call("StartCustomConnectorJob", { connector_id: "cc-1" })).resolves.toMatchObject({ job: {} });
  expect(asked).toHaveLength(2);
});

test.each([500, 502, 504])(
  "a start that is answered %i may have started a job and is not sent again",
  async (status) => {
    const { client, asked } = await scripted({ status, body: "{}" }, started);
    await expect(client.call("StartCustomConnectorJob", { connector_id: "cc-1" })).rejects.toMatchObject({ status });
    expect(asked).toHaveLength(1);
  },
);

/** A server that breaks its first connections, once the request has come, before it answers as told. */
async function breaking(connections: number, answer: Answer) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    request.resume().once("end", () => {
      if (asked <= connections) request.socket.destroy();
      else response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { client: clientOf((server.address() as AddressInfo).port), asked: () => asked };
}

test("a start that is not answered is not sent again; a read, a change of one thing and a deletion are", async () => {
  const start = await breaking(1, started);
  await expect(start.client.call("StartCustomConnectorJob", { connector_id: "cc-1" })).rejects.toThrow("fetch failed");
  expect(start.asked()).toBe(1);
  const list = await breaking(1, emptyPage);
  await list.client.call("ListCustomConnectorDocuments", { connector_id: "cc-1" });
  const put = await breaking(1, { status: 202, body: "{}" });
  await put.client.call("PutCustomConnectorCheckpoint", { connector_id: "cc-1", checkpoint_data: "x" });
  const removal = await breaking(1, { status: 204, body: "" });
  await removal.client.call("DeleteCustomConnector", { connector_id: "cc-1" });
  expect([list, put, removal].map(({ asked }) => asked())).toEqual([2, 2, 2]);
});

test("a start whose connection is refused was never sent, and is sent again until there is a server", async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const server = createServer((_, response) => {
    response.writeHead(started.status, { "content-type": "application/json" }).end(started.body);
  });
  servers.push(server);
  // The first attempt fails before there is a server; the second finds it.
  const send = jest.spyOn(globalThis, "fetch").mockImplementationOnce(async (...request) => {
    const attempt = fetchNow(...request);
    await attempt.catch(() => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve)));
    return attempt;
  });
  const start = clientOf(port).call("StartCustomConnectorJob", { connector_id: "cc-1" });
  await expect(start).resolves.toMatchObject({ job: { job_id: "ccj-1" } });
  expect(send).toHaveBeenCalledTimes(2);
  send.mockRestore();
});

test("a member of the path that is missing or empty is told before anything is sent", async () => {
  const { client, asked } = await scripted(emptyPage);
  for (const input of [{}, { connector_id: "" }, { connector_id: undefined }])
    await expect(client.callUnchecked("GetCustomConnector", input)).rejects.toThrow(/^connector_id is missing$/);
  const stop = client.callUnchecked("StopCustomConnectorJob", { connector_id: "cc-1" });
  await expect(stop).rejects.toThrow(/^job_id is missing$/);
  expect(asked).toEqual([]);
});

test.each([400, 403, 404, 409])("a %i is final: asked once, thrown with what the service said", async (status) => {
  const { client, asked } = await scripted({ status, body: JSON.stringify({ message: "no", errorType: "Some" }) });
  const failure = await client.call("GetCustomConnector", { connector_id: "cc-1" }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ status, errorType: "Some", message: `${status} Some: no` });
  expect(asked).toHaveLength(1);
});

test("a refusal that keeps coming is thrown after the retries", async () => {
  const { client, asked } = await scripted({ status: 503, body: "<html>busy</html>" });
  await expect(client.call("ListCustomConnectors", {})).rejects.toMatchObject({ status: 503 });
  expect(asked).toHaveLength(3);
});

test("the gateway's refusals with a capital M are read too", async () => {
  const { client } = await scripted({ status: 403, body: '{"Message":"User is not authorized"}' });
  await expect(client.call("ListCustomConnectors", {})).rejects.toThrow("User is not authorized");
});

test("an answer that is not what the description promises is an error, not data", async () => {
  const { client } = await scripted({ status: 200, body: '{"documents": 7}' });
  const call = client.call("ListCustomConnectorDocuments", { connector_id: "cc-1" });
  await expect(call).rejects.toBeInstanceOf(z.ZodError);
});

test("no answer at all is an error", async () => {
  const { client } = await scripted(emptyPage);
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await expect(client.call("ListCustomConnectors", {})).rejects.toThrow("fetch failed");
});
