import { createServer } from "node:http";
import { ListJobsCommand } from "@aws-sdk/client-batch";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { createBatchClient, createDocumentClient } from "../../../handlers/runtime/aws-clients.ts";

/** A service that answers 503 each time, or never, and the calls it got. */
async function brokenService({ answers = true } = {}) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? "");
    request.resume();
    if (answers) response.writeHead(503, { "Content-Type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { calls, stop };
}

test("a broken DynamoDB is tried four times in all", async () => {
  const { calls, stop } = await brokenService();
  const client = createDocumentClient();
  await expect(client.send(new GetCommand({ TableName: "t", Key: { id: "1" } }))).rejects.toThrow();
  expect(calls).toHaveLength(4);
  client.destroy();
  await stop();
});

test("a submitter's Batch client never tries twice, another as often as it is told", async () => {
  const { calls, stop } = await brokenService();
  for (const attempts of [1, 2]) {
    calls.length = 0;
    const client = createBatchClient({ attempts });
    await expect(client.send(new ListJobsCommand({ jobQueue: "q" }))).rejects.toThrow();
    expect(calls).toHaveLength(attempts);
    client.destroy();
  }
  await stop();
});

/** Sends a call to a service that never answers, and moves the time on. */
async function givenUpAfter(send: () => Promise<unknown>): Promise<number> {
  const { calls, stop } = await brokenService({ answers: false });
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"] });
  try {
    let failed = false;
    const outcome = send().catch(() => {
      failed = true;
    });
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    let waited = 0;
    for (; !failed && calls.length === 1 && waited < 60_000; waited += 100) {
      await jest.advanceTimersByTimeAsync(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stop();
    await jest.advanceTimersByTimeAsync(60_000);
    await outcome;
    return waited;
  } finally {
    jest.useRealTimers();
  }
}

test("a call to Batch is given up after ten seconds", async () => {
  const client = createBatchClient({ attempts: 1 });
  const waited = await givenUpAfter(() => client.send(new ListJobsCommand({ jobQueue: "q" })));
  expect(waited).toBeGreaterThanOrEqual(10_000);
  expect(waited).toBeLessThan(11_000);
  client.destroy();
});

test("a call to DynamoDB is tried anew after three seconds", async () => {
  const client = createDocumentClient();
  const waited = await givenUpAfter(() => client.send(new GetCommand({ TableName: "t", Key: { id: "1" } })));
  expect(waited).toBeGreaterThanOrEqual(3_000);
  expect(waited).toBeLessThan(5_000);
  client.destroy();
});
