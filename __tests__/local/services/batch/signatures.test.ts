import { BatchClient, DescribeJobsCommand, ListTagsForResourceCommand } from "@aws-sdk/client-batch";
import {
  askUnderName,
  localKey,
  signedFetch,
  signedHeaders,
  unknownName,
  wrongClients,
} from "../../signatures/signed.ts";
import { arn, region, type TestBatch, testBatch } from "./support.ts";

let local: TestBatch;
beforeAll(async () => {
  local = await testBatch();
});
afterAll(() => local[Symbol.asyncDispose]());

const client = (changes: object = {}) =>
  new BatchClient({ endpoint: local.batch.endpoint, region, credentials: localKey, maxAttempts: 1, ...changes });
const describeJobs = (changes?: object) => client(changes).send(new DescribeJobsCommand({ jobs: ["none"] }));

test("a client with the right key, region and time is served, also where the path is percent-encoded", async () => {
  expect((await describeJobs()).jobs).toEqual([]);
  const listed = await client().send(new ListTagsForResourceCommand({ resourceArn: arn("job-queue/queue") }));
  expect(listed.tags).toEqual({});
});

test.each([
  ["anotherSecret", "InvalidSignatureException", "The request signature we calculated does not match"],
  ["anotherKey", "UnrecognizedClientException", "The security token included in the request is invalid."],
  ["aSessionToken", "UnrecognizedClientException", "The security token included in the request is invalid."],
  ["anotherRegion", "InvalidSignatureException", "Credential should be scoped to a valid region. "],
  ["aFastClock", "InvalidSignatureException", "Signature not yet current"],
  ["aSlowClock", "InvalidSignatureException", "Signature expired"],
] as const)("a client with %s gets %s", async (which, name, message) => {
  await expect(describeJobs(wrongClients[which])).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
    $metadata: { httpStatusCode: 403 },
  });
});

const request = (service: string) => ({
  service,
  region,
  url: `${local.batch.endpoint}/v1/describejobs`,
  body: '{"jobs":["none"]}',
});

test("a signature for another service is none for this one", async () => {
  const response = await signedFetch(request("execute-api"));
  expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([403, "InvalidSignatureException"]);
  expect(await response.json()).toEqual({ message: "Credential should be scoped to correct service: 'batch'. " });
});

test("a body other than the signed one, and a query that is not percent-encoded, are refused", async () => {
  const { url } = request("batch");
  const { host: _, ...headers } = await signedHeaders(request("batch"));
  const post = async (target: string, body: string) => {
    const response = await fetch(target, { method: "POST", headers, body });
    return [response.status, response.headers.get("x-amzn-errortype")];
  };
  expect(await post(url, '{"jobs":["none"]}')).toEqual([200, null]);
  expect(await post(url, '{"jobs":["some"]}')).toEqual([403, "InvalidSignatureException"]);
  expect(await post(`${url}?a=%`, '{"jobs":["none"]}')).toEqual([403, "InvalidSignatureException"]);
});

test("a request under another host name is refused, however well it is signed", async () => {
  expect(await askUnderName("evil.example", request("batch"))).toEqual(unknownName);
  expect(await askUnderName("localhost:1", request("batch"))).toEqual({ status: 200, body: '{"jobs":[]}' });
});
