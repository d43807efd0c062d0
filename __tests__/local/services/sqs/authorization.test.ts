import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { accountId, notAllowed } from "../../iam/roles.ts";
import { localKey } from "../../signatures/signed.ts";

const region = "eu-west-1";
const directory = mkdtempSync(join(tmpdir(), "armature-sqs-"));
const urls = new Map<string, string | undefined>();
let host: ChildProcess;
let client: SQSClient;

beforeAll(async () => {
  host = fork(join(import.meta.dirname, "authorized-host.ts"), [directory, region], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const [{ endpoint, key }] = await once(host, "message");
  const config = { endpoint, region, maxAttempts: 1 };
  client = new SQSClient({ ...config, credentials: key });
  const developer = new SQSClient({ ...config, credentials: localKey });
  for (const QueueName of ["open", "closed"])
    urls.set(QueueName, (await developer.send(new CreateQueueCommand({ QueueName }))).QueueUrl);
  developer.destroy();
});
afterAll(async () => {
  client.destroy();
  host.disconnect();
  if (host.exitCode === null) await once(host, "exit");
  rmSync(directory, { recursive: true });
});

const queue = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const message = (name: string) => new SendMessageCommand({ QueueUrl: urls.get(name), MessageBody: "m" });

test("what the role's policies allow is done, one by one and in batches", async () => {
  const QueueUrl = urls.get("open");
  await client.send(message("open"));
  await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", MessageBody: "n" }] }));
  const received = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(received.Messages?.map(({ Body }) => Body).sort()).toEqual(["m", "n"]);
});

test("anything else is refused in SQS's words, which has actions in small letters", async () => {
  await expect(client.send(message("closed"))).rejects.toMatchObject({
    name: "AccessDenied",
    message: notAllowed("sqs:sendmessage", queue("closed")),
    $metadata: { httpStatusCode: 403 },
  });
  const Entries = [{ Id: "1", ReceiptHandle: "r" }];
  await expect(client.send(new DeleteMessageBatchCommand({ QueueUrl: urls.get("open"), Entries }))).rejects.toThrow(
    notAllowed("sqs:deletemessage", queue("open")),
  );
  await expect(client.send(new GetQueueUrlCommand({ QueueName: "open" }))).rejects.toThrow(
    notAllowed("sqs:getqueueurl", queue("open")),
  );
  await expect(client.send(new ListQueuesCommand({}))).rejects.toThrow(notAllowed("sqs:listqueues", "*"));
});
