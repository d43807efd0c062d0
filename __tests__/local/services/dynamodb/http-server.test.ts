import { once } from "node:events";
import { rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { type HttpServer, listen } from "../../../../local/services/dynamodb/http-server.ts";
import { openService, type Service } from "../../../../local/services/dynamodb/service.ts";
import { ACCOUNT, REGION, temporaryDirectory } from "./harness.ts";

const dataDirectory = temporaryDirectory();
const faults: unknown[] = [];
let service: Service;
let server: HttpServer;

beforeEach(async () => {
  service = await openService({ dataDirectory, region: REGION, accountId: ACCOUNT });
  server = await listen({ service, region: REGION, port: 0, onFault: (error) => faults.push(error) });
});
afterEach(() => service.close());
afterAll(() => rmSync(dataDirectory, { recursive: true }));

const open = (headers: Record<string, string> = {}, agent = new Agent({ keepAlive: true })) =>
  request({
    agent,
    port: server.port,
    host: "127.0.0.1",
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=local", ...headers },
  });

const answerTo = async (sent: ReturnType<typeof open>) => {
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (!response) throw new Error("There is no response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

test("close waits for the request under way, and then for no connection that is kept alive", async () => {
  const sent = open({ "x-amz-target": "DynamoDB_20120810.ListTables", "content-length": "2" });
  sent.write("{");
  await once(sent, "socket");
  const answer = answerTo(sent);
  const other = open({ "x-amz-target": "DynamoDB_20120810.ListTables" });
  other.end("{}");
  await answerTo(other); // by now the server has read the first half of the other request, too
  const closed = server.close();
  sent.end("}");
  expect(await answer).toMatchObject({ status: 200, body: '{"TableNames":[]}', headers: { connection: "close" } });
  await closed;
});

test("a client that goes away in the middle of its request is no fault of the server", async () => {
  const sent = open({ "content-length": "100" });
  sent.on("error", () => undefined); // its own end
  sent.write("{");
  await once(sent, "socket");
  const other = open();
  other.end("{}");
  await answerTo(other);
  sent.destroy();
  await server.close();
  expect(faults).toEqual([]);
});

test("a body of more than 16 MB is refused", async () => {
  const sent = open({ "x-amz-target": "DynamoDB_20120810.PutItem" });
  sent.end("x".repeat(16 * 1024 * 1024 + 1));
  expect((await answerTo(sent)).status).toBe(413);
  await server.close();
});

test("GET is answered as by a healthy DynamoDB", async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  expect(await response.text()).toBe(`healthy: dynamodb.${REGION}.amazonaws.com `);
  await server.close();
});
