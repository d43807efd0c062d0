import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { askUnderName, localKey, signedFetch, unknownName, wrongClients } from "../../signatures/signed.ts";
import { REGION, startTestDynamoDb, type TestDynamoDb } from "./harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());

const config = (changes: object = {}) => ({
  endpoint: local.server.endpoint,
  region: REGION,
  credentials: localKey,
  maxAttempts: 1,
  ...changes,
});
const list = (changes?: object) => new DynamoDBClient(config(changes)).send(new ListTablesCommand({}));
const listStreams = (changes?: object) => new DynamoDBStreamsClient(config(changes)).send(new ListStreamsCommand({}));

test("clients with the right key, region and time are served, under both names of the machine", async () => {
  expect((await list()).TableNames).toEqual([]);
  expect((await listStreams()).Streams).toEqual([]);
  expect((await list({ endpoint: local.server.endpoint.replace("127.0.0.1", "localhost") })).TableNames).toEqual([]);
});

test.each([
  ["anotherSecret", "InvalidSignatureException", "The request signature we calculated does not match"],
  ["anotherKey", "UnrecognizedClientException", "The security token included in the request is invalid."],
  ["aSessionToken", "UnrecognizedClientException", "The security token included in the request is invalid."],
  ["anotherRegion", "InvalidSignatureException", "Credential should be scoped to a valid region. "],
  ["aFastClock", "InvalidSignatureException", "Signature not yet current"],
  ["aSlowClock", "InvalidSignatureException", "Signature expired"],
] as const)("a client with %s gets %s", async (which, name, message) => {
  const refused = { name, message: expect.stringContaining(message), $metadata: { httpStatusCode: 400 } };
  await expect(list(wrongClients[which])).rejects.toMatchObject(refused);
  await expect(listStreams(wrongClients[which])).rejects.toMatchObject(refused);
});

const request = (service: string) => ({
  service,
  region: REGION,
  url: `${local.server.endpoint}/`,
  headers: { "x-amz-target": "DynamoDB_20120810.ListTables" },
  body: "{}",
});

test("a signature for another service is none for this one", async () => {
  const response = await signedFetch(request("sqs"));
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    __type: "com.amazon.coral.service#InvalidSignatureException",
    message: "Credential should be scoped to correct service: 'dynamodb'. ",
  });
});

test("a request without a signature is refused", async () => {
  const { url, headers, body } = request("dynamodb");
  const response = await fetch(url, { method: "POST", headers, body });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    __type: "com.amazon.coral.service#MissingAuthenticationTokenException",
    message: "Request is missing Authentication Token",
  });
});

test("a request under another host name is refused, however well it is signed", async () => {
  expect(await askUnderName("evil.example", request("dynamodb"))).toEqual(unknownName);
  expect(await askUnderName("localhost:1", request("dynamodb"))).toEqual({ status: 200, body: '{"TableNames":[]}' });
});
