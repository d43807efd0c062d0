import { randomUUID } from "node:crypto";
import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { randomIds } from "../../../../handlers/connector-framework/model/ids.ts";
import { deletionKey } from "../../../../handlers/connector-framework/model/keys.ts";
import { connectorStore } from "../../../../handlers/connector-framework/store/connectors.ts";
import { jobStore } from "../../../../handlers/connector-framework/store/jobs.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import {
  type ConnectorFramework,
  quota,
  startConnectorFramework,
  tokens,
} from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const environment = [{ name: "A", value: "1" }];

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const about = { message: "contended", $metadata: { httpStatusCode: 400 } };
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) });

/** A client of a DynamoDB whose writes of one kind meet these errors, one after the other, before they succeed. */
function contended(member: "TransactItems" | "UpdateExpression", errors: Error[]) {
  const client = createDocumentClient();
  client.middlewareStack.add(
    (next) => async (args) => {
      const error = member in args.input ? errors.shift() : undefined;
      if (error) throw error;
      return next(args);
    },
    { step: "initialize" },
  );
  return client;
}

test("a start that meets other transactions is tried again, also when a condition failed beside the conflict", async () => {
  const connectorId = await framework.connector();
  const client = contended("TransactItems", [
    cancelled("TransactionConflict", "None"),
    cancelled("ConditionalCheckFailed", "TransactionConflict"),
  ]);
  const job = { connector: { tenant, connectorId }, jobId: "ccj-0123456789ab", environment };
  expect(await jobStore(client, { tables, tokens, quota }).start(job, framework.clock())).toMatchObject({
    status: "STARTED",
  });
  client.destroy();
});

test("a start that meets other transactions each time is unavailable, so that clients repeat it, and starts nothing", async () => {
  const connectorId = await framework.connector();
  const errors = Array.from({ length: 100 }, () => cancelled("TransactionConflict", "None"));
  const client = contended("TransactItems", errors);
  const job = { connector: { tenant, connectorId }, jobId: "ccj-0123456789ac", environment };
  await expect(jobStore(client, { tables, tokens, quota }).start(job, framework.clock())).rejects.toMatchObject({
    code: "Unavailable",
  });
  expect(await framework.stores.jobs.find({ tenant, jobId: job.jobId })).toBeUndefined();
  client.destroy();
});

test("a single write that meets a transaction is tried again", async () => {
  const connectorId = await framework.connector();
  const client = contended("UpdateExpression", [new TransactionConflictException(about)]);
  const change = { name: "renamed", description: undefined, container_properties: undefined };
  const update = connectorStore(client, { table: tables.connectors, tokens, quota }).update(
    { tenant, connectorId },
    () => change,
    framework.clock(),
  );
  expect(await update).toMatchObject({ name: "renamed", version: 2 });
  client.destroy();
});

test.each(["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"])(
  "a start that DynamoDB has no room for (%s) is tried again, and is unavailable when there is none",
  async (code) => {
    const connectorId = await framework.connector();
    const busy = (times: number) =>
      contended(
        "TransactItems",
        Array.from({ length: times }, () => cancelled("None", code)),
      );
    const job = { connector: { tenant, connectorId }, jobId: randomIds.jobId(), environment };
    const [hopeless, hopeful] = [busy(100), busy(2)];
    await expect(jobStore(hopeless, { tables, tokens, quota }).start(job, framework.clock())).rejects.toMatchObject({
      code: "Unavailable",
    });
    expect(await framework.stores.jobs.find({ tenant, jobId: job.jobId })).toBeUndefined();
    expect(await jobStore(hopeful, { tables, tokens, quota }).start(job, framework.clock())).toMatchObject({
      status: "STARTED",
    });
    hopeless.destroy();
    hopeful.destroy();
  },
);

test("a single write that DynamoDB has no room for is unavailable", async () => {
  const connectorId = await framework.connector();
  const throttled = new ProvisionedThroughputExceededException(about);
  const client = contended(
    "UpdateExpression",
    Array.from({ length: 100 }, () => throttled),
  );
  const change = { name: "renamed", description: undefined, container_properties: undefined };
  const ref = { tenant, connectorId };
  const update = connectorStore(client, { table: tables.connectors, tokens, quota }).update(
    ref,
    () => change,
    framework.clock(),
  );
  await expect(update).rejects.toMatchObject({ code: "Unavailable" });
  client.destroy();
});

/** A client whose first transaction is carried out and never answered; tells of the tokens that were sent. */
function unanswered({ forgetful = false } = {}) {
  const client = createDocumentClient();
  const sent: unknown[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      if (!("TransactItems" in args.input && "ClientRequestToken" in args.input)) return next(args);
      sent.push(args.input.ClientRequestToken);
      if (sent.length > 1) return next(args);
      // A DynamoDB that has forgotten the token sees the second as another transaction.
      await next(forgetful ? { ...args, input: { ...args.input, ClientRequestToken: randomUUID() } } : args);
      throw cancelled("TransactionConflict", "None");
    },
    { step: "initialize" },
  );
  return { client, sent };
}

test.each([false, true])(
  "a start whose first attempt was not answered has started once (forgotten: %s)",
  async (forgetful) => {
    const connectorId = await framework.connector();
    const { client, sent } = unanswered({ forgetful });
    const job = { connector: { tenant, connectorId }, jobId: randomIds.jobId(), environment };
    const started = await jobStore(client, { tables, tokens, quota }).start(job, framework.clock());
    expect(started).toEqual(await framework.stores.jobs.find({ tenant, jobId: job.jobId }));
    expect(await framework.stores.connectors.get({ tenant, connectorId })).toMatchObject({ current_job_id: job.jobId });
    expect(sent).toEqual([expect.any(String), sent[0]]);
    client.destroy();
  },
);

test("a start that was not answered, whose job has ended since, has started", async () => {
  const connectorId = await framework.connector();
  const job = { connector: { tenant, connectorId }, jobId: randomIds.jobId(), environment };
  const now = framework.clock();
  await framework.stores.jobs.start(job, now);
  await framework.progress.end({ tenant, jobId: job.jobId }, () => ({ status: "FAILED" }), framework.clock());
  expect(await framework.stores.jobs.start(job, now)).toMatchObject({ job_id: job.jobId, status: "FAILED" });
  expect(await framework.stores.connectors.get({ tenant, connectorId })).toMatchObject({ status: "AVAILABLE" });
});

test.each([false, true])(
  "a creation whose first attempt was not answered has created (forgotten: %s)",
  async (forgetful) => {
    const { client } = unanswered({ forgetful });
    const ref = { tenant, connectorId: randomIds.connectorId() };
    const { container_properties } = await framework.stores.connectors.get({
      tenant,
      connectorId: await framework.connector(),
    });
    const registration = { name: "created-once", description: undefined, container_properties };
    const created = await connectorStore(client, { table: tables.connectors, tokens, quota }).create(
      ref,
      registration,
      framework.clock(),
    );
    expect(created).toEqual(await framework.stores.connectors.get(ref));
    client.destroy();
  },
);

test("connectors are listed as they are, not as they were a moment ago", async () => {
  const consistent: unknown[] = [];
  const client = createDocumentClient();
  client.middlewareStack.add(
    (next) => (args) => {
      consistent.push(Object(args.input).ConsistentRead);
      return next(args);
    },
    { step: "initialize" },
  );
  await connectorStore(client, { table: tables.connectors, tokens, quota }).list(tenant, {
    limit: 1,
    token: undefined,
  });
  expect(consistent).toEqual([true]);
  client.destroy();
});

test("a transaction that fails for another reason is no conflict but fails", async () => {
  const connectorId = await framework.connector();
  const client = contended("TransactItems", [cancelled("ItemCollectionSizeLimitExceeded", "None")]);
  const job = { connector: { tenant, connectorId }, jobId: "ccj-0123456789ad", environment };
  await expect(jobStore(client, { tables, tokens, quota }).start(job, framework.clock())).rejects.toBeInstanceOf(
    TransactionCanceledException,
  );
  client.destroy();
});

test("an id that is taken already is a conflict, for a connector as for a job", async () => {
  const connectorId = await framework.connector();
  const ref = { tenant, connectorId };
  const existing = await framework.stores.connectors.get(ref);
  const { name, description, container_properties } = existing;
  const again = framework.stores.connectors.create(ref, { name, description, container_properties }, framework.clock());
  await expect(again).rejects.toMatchObject({ code: "Conflict" });
  const [one, other] = [await framework.connector(), await framework.connector()];
  const jobId = await framework.job(one);
  const same = { connector: { tenant, connectorId: other }, jobId, environment };
  await expect(framework.stores.jobs.start(same, framework.clock())).rejects.toMatchObject({ code: "Conflict" });
  expect(await framework.stores.connectors.get({ tenant, connectorId: other })).toMatchObject({ status: "AVAILABLE" });
});

test("an id is free again once all that its connector left behind is deleted", async () => {
  const connectorId = await framework.connector();
  const ref = { tenant, connectorId };
  const { name, container_properties } = await framework.stores.connectors.get(ref);
  const create = () =>
    framework.stores.connectors.create(ref, { name, description: undefined, container_properties }, framework.clock());
  await framework.stores.connectors.remove(ref, framework.clock());
  await expect(create()).rejects.toMatchObject({
    code: "Conflict",
    message: `what connector ${connectorId} left behind is still being deleted`,
  });
  await framework.client.send(new DeleteCommand({ TableName: tables.connectors, Key: deletionKey(ref) }));
  await expect(create()).resolves.toMatchObject({ connector_id: connectorId });
});
