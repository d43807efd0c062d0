import { once } from "node:events";
import { rmSync } from "node:fs";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { onlyDeveloper } from "../../../../local/iam/authority.ts";
import { type HttpServer, listen } from "../../../../local/services/dynamodb/http-server.ts";
import { openService, type Service } from "../../../../local/services/dynamodb/service.ts";
import { signedHeaders } from "../../signatures/signed.ts";
import { ACCOUNT, REGION, temporaryDirectory } from "./harness.ts";

const dataDirectory = temporaryDirectory();
const faults: unknown[] = [];
let service: Service;
let server: HttpServer;

beforeEach(async () => {
  service = await openService({ dataDirectory, region: REGION, accountId: ACCOUNT });
  server = await listen({
    ...{ service, authority: onlyDeveloper, region: REGION, port: 0 },
    onFault: (error) => faults.push(error),
  });
});
afterEach(() => service.close());
afterAll(() => rmSync(dataDirectory, { recursive: true }));

/** A request that is signed for the body. */
const open = async (body: string, headers: Record<string, string> = {}) => {
  const url = `http://127.0.0.1:${server.port}/`;
  return request(url, {
    agent: new Agent({ keepAlive: true }),
    method: "POST",
    headers: await signedHeaders({ service: "dynamodb", region: REGION, url, headers, body }),
  });
};

const answerTo = async (sent: ClientRequest) => {
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (!response) throw new Error("There is no response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

test("close waits for the request under way, and then for no connection that is kept alive", async () => {
  const sent = await open("{}", { "x-amz-target": "DynamoDB_20120810.ListTables", "content-length": "2" });
  sent.write("{");
  await once(sent, "socket");
  const answer = answerTo(sent);
  const other = await open("{}", { "x-amz-target": "DynamoDB_20120810.ListTables" });
  other.end("{}");
  await answerTo(other); // by now the server has read the first half of the other request, too
  const closed = server.close();
  sent.end("}");
  expect(await answer).toMatchObject({ status: 200, body: '{"TableNames":[]}', headers: { connection: "close" } });
  await closed;
});

test("a client that goes away in the middle of its request is no fault of the server", async () => {
  const sent = await open("{", { "content-length": "100" });
  sent.on("error", () => undefined); // its own end
  sent.write("{");
  await once(sent, "socket");
  const other = await open("{}");
  other.end("{}");
  await answerTo(other);
  sent.destroy();
  await server.close();
  expect(faults).toEqual([]);
});

test("a body of more than 16 MB is refused", async () => {
  const body = "x".repeat(16 * 1024 * 1024 + 1);
  const sent = await open(body, { "x-amz-target": "DynamoDB_20120810.PutItem" });
  sent.end(body);
  expect((await answerTo(sent)).status).toBe(413);
  await server.close();
});

test("GET is answered as by a healthy DynamoDB", async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  expect(await response.text()).toBe(`healthy: dynamodb.${REGION}.amazonaws.com `);
  await server.close();
});
