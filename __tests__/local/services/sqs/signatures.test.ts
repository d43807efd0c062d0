import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { askUnderName, localKey, signedFetch, unknownName, wrongClients } from "../../signatures/signed.ts";

const region = "eu-west-1";
const directory = mkdtempSync(join(tmpdir(), "armature-sqs-"));
let host: ChildProcess;
let endpoint: string;

beforeAll(async () => {
  host = fork(join(import.meta.dirname, "host.ts"), [directory, region], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  [endpoint] = await once(host, "message");
});
afterAll(async () => {
  host.disconnect();
  if (host.exitCode === null) await once(host, "exit");
  rmSync(directory, { recursive: true });
});

const client = (changes: object = {}) =>
  new SQSClient({ endpoint, region, credentials: localKey, maxAttempts: 1, ...changes });
const list = (changes?: object) => client(changes).send(new ListQueuesCommand({}));

test("a client with the right key, region and time is served, whatever it sends", async () => {
  const sqs = client();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "served" }));
  const MessageBody = `ä€ ${"x".repeat(200_000)}`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map(({ Body }) => Body)).toEqual([MessageBody]);
});

test.each([
  ["anotherSecret", "SignatureDoesNotMatch", "The request signature we calculated does not match"],
  ["anotherKey", "InvalidClientTokenId", "The security token included in the request is invalid."],
  ["aSessionToken", "InvalidClientTokenId", "The security token included in the request is invalid."],
  ["anotherRegion", "SignatureDoesNotMatch", "Credential should be scoped to a valid region. "],
  ["aFastClock", "SignatureDoesNotMatch", "Signature not yet current"],
  ["aSlowClock", "SignatureDoesNotMatch", "Signature expired"],
] as const)("a client with %s gets %s", async (which, name, message) => {
  await expect(list(wrongClients[which])).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
    $metadata: { httpStatusCode: 403 },
  });
});

const request = (service: string) => ({
  service,
  region,
  url: `${endpoint}/`,
  headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ListQueues" },
  body: '{"QueueNamePrefix":"none"}',
});

test("a signature for another service is none for this one", async () => {
  const response = await signedFetch(request("dynamodb"));
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({
    __type: "com.amazonaws.sqs#SignatureDoesNotMatch",
    message: "Credential should be scoped to correct service: 'sqs'. ",
  });
});

test("a request without a signature, and one with half of it, are refused", async () => {
  const { url, headers, body } = request("sqs");
  const unsigned = await fetch(url, { method: "POST", headers, body });
  expect([unsigned.status, unsigned.headers.get("x-amzn-query-error")]).toEqual([
    403,
    "MissingAuthenticationToken;Sender",
  ]);
  const half = await fetch(url, { method: "POST", headers: { ...headers, authorization: "AWS4-HMAC-SHA256" }, body });
  expect([half.status, half.headers.get("x-amzn-query-error")]).toEqual([400, "IncompleteSignature;Sender"]);
});

test("a request under another host name is refused, however well it is signed", async () => {
  expect(await askUnderName("evil.example", request("sqs"))).toEqual(unknownName);
  expect((await askUnderName("localhost:1", request("sqs"))).status).toBe(200);
});

test("a body larger than any of SQS is refused", async () => {
  const response = await signedFetch({ ...request("sqs"), body: "x".repeat(11 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
});
