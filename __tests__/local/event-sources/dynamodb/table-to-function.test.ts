import { join } from "node:path";
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { startStreamMapping } from "../../../../local/event-sources/dynamodb/stream-mapping.ts";
import type { Invocable } from "../../../../local/functions/invocation.ts";
import { createLocalFunction } from "../../../../local/functions/local-function.ts";
import { startDynamoDb } from "../../../../local/services/dynamodb/index.ts";
import { specOf, temporaryFolder } from "../../functions/bundle.ts";

interface Change {
  readonly eventName: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: { readonly id: { readonly S: string } };
    readonly NewImage?: { readonly n: { readonly N: string } };
  };
}

interface Response {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Reports the first record of each item as failed once, then returns what it has seen of it. */
const source = `
  const failed = new Set();
  export const handler = async ({ Records }) => {
    for (const { dynamodb } of Records) {
      const id = dynamodb.Keys.id.S;
      if (failed.has(id)) continue;
      failed.add(id);
      return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] };
    }
    return { batchItemFailures: [] };
  };`;

test("changes of a table reach a function in order, through partial failures, a restart, and a kill of the database", async () => {
  await using folder = await temporaryFolder();
  const place = { region: "eu-west-1", accountId: "000000000000" };
  const database = await startDynamoDb({ ...place, dataDirectory: join(folder.path, "data") });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const config = { endpoint: database.endpoint, region: place.region, credentials, maxAttempts: 10 };
  const db = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  const fn = createLocalFunction(await specOf(folder.path, source));
  const succeeded = new Map<string, string[]>();
  const observed: Invocable = {
    arn: fn.arn,
    timeoutSeconds: fn.timeoutSeconds,
    async invoke(event) {
      const result = await fn.invoke(event);
      const { Records } = event as { Records: Change[] };
      const failures = result.ok ? (result.payload as Response).batchItemFailures : [];
      const failed = Records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failures[0]?.itemIdentifier);
      const done = !result.ok ? [] : failed < 0 ? Records : Records.slice(0, failed);
      for (const { eventName, dynamodb } of done) {
        const id = dynamodb.Keys.id.S;
        succeeded.set(id, [...(succeeded.get(id) ?? []), dynamodb.NewImage?.n.N ?? eventName]);
      }
      return result;
    },
  };
  try {
    const { TableDescription } = await db.send(
      new CreateTableCommand({
        TableName: "jobs",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    const write = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1)
        await Promise.all(
          ["a", "b", "c"].map((id) =>
            db.send(new PutItemCommand({ TableName: "jobs", Item: { id: { S: id }, n: { N: String(n) } } })),
          ),
        );
    };
    const start = () =>
      startStreamMapping({
        client: streams,
        streamArn: TableDescription?.LatestStreamArn ?? "",
        function: observed,
        startingPosition: "LATEST",
        checkpointFile: join(folder.path, "checkpoints.json"),
        batchSize: 7,
        reportBatchItemFailures: true,
        pollMilliseconds: 10,
        backoff: () => 5,
      });
    const seen = async (n: number) => {
      while (!["a", "b", "c"].every((id) => succeeded.get(id)?.includes(String(n))))
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await db.send(new PutItemCommand({ TableName: "jobs", Item: { id: { S: "a" }, n: { N: "-1" } } }));
    const first = await start();
    await write(0, 20);
    await seen(5);
    await first.stop();
    await write(20, 40);
    const second = await start();
    await seen(25);
    process.kill(database.processId ?? 0, "SIGKILL");
    await write(40, 50);
    await db.send(new DeleteItemCommand({ TableName: "jobs", Key: { id: { S: "a" } } }));
    await seen(49);
    while (succeeded.get("a")?.at(-1) !== "REMOVE") await new Promise((resolve) => setTimeout(resolve, 5));
    await second.stop();
  } finally {
    await fn.stop();
    db.destroy();
    streams.destroy();
    await database.stop();
  }
  const expected = Array.from({ length: 50 }, (_, n) => String(n));
  expect(succeeded.get("a")).toEqual([...expected, "REMOVE"]);
  expect(succeeded.get("b")).toEqual(expected);
  expect(succeeded.get("c")).toEqual(expected);
});
