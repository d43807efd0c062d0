import { GetCommand, PutCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { settledAfter } from "../../../../handlers/connector-framework/deletion/delete-leftovers.ts";
import { deletion } from "../../../../handlers/connector-framework/deletion/handler.ts";
import { leftovers } from "../../../../handlers/connector-framework/deletion/leftovers.ts";
import { connectorArn, deletionKey, documentKey, jobKey } from "../../../../handlers/connector-framework/model/keys.ts";
import { deletionStore } from "../../../../handlers/connector-framework/store/deletions.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import { type ConnectorFramework, silent, startConnectorFramework } from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { lambdaContext } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const refOf = (connectorId: string) => ({ tenant, connectorId });

const record = (connectorId: string) => {
  const { custom_connector_arn_prefix, connector_id } = deletionKey(refOf(connectorId));
  const Keys = { custom_connector_arn_prefix: { S: custom_connector_arn_prefix }, connector_id: { S: connector_id } };
  return { eventName: "INSERT" as const, dynamodb: { Keys, SequenceNumber: connectorId } };
};

interface Delivery {
  /** Milliseconds left each time the function looks. @default always enough */
  readonly remaining?: () => number;
  readonly client?: ConnectorFramework["client"];
}

/** Delivers the stream's record of a deletion; tells if the function took it. */
async function deliver(connectorId: string, { remaining = () => 300_000, client = framework.client }: Delivery = {}) {
  const handle = deletion({
    deletions: deletionStore(client, tables.connectors),
    leftovers: leftovers(client, tables, framework.clock),
    schedules: framework.stores.schedules,
    clock: framework.clock,
    logger: silent,
  });
  const { batchItemFailures } = await handle(
    { Records: [record(connectorId)] },
    { ...lambdaContext, getRemainingTimeInMillis: remaining },
  );
  return batchItemFailures.length === 0;
}

const pass = (seconds: number) => {
  framework.time.now += seconds * 1000;
};

async function putDocuments(connector_id: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const documents = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
      document_id: `document-${from + index}`,
      checksum: "c".repeat(32),
    }));
    await framework.call("BatchPutCustomConnectorDocuments", { connector_id, documents });
  }
}

async function runJob(connectorId: string): Promise<string> {
  const jobId = await framework.job(connectorId);
  await framework.progress.end({ tenant, jobId }, () => ({ status: "SUCCEEDED" }), framework.clock());
  return jobId;
}

/** A connector that was removed, and left a schedule, jobs and documents behind. */
async function removed(of: { readonly documents?: number; readonly jobs?: number } = {}): Promise<string> {
  const connector_id = await framework.connector();
  await framework.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: "rate(1 day)" });
  await putDocuments(connector_id, of.documents ?? 3);
  for (let jobs = 0; jobs < (of.jobs ?? 2); jobs++) await runJob(connector_id);
  expect((await framework.call("DeleteCustomConnector", { connector_id })).status).toBe(204);
  return connector_id;
}

const itemOf = async (connectorId: string) =>
  (await framework.client.send(new GetCommand({ TableName: tables.connectors, Key: deletionKey(refOf(connectorId)) })))
    .Item;

/** How much there is yet of a connector. */
async function leftOf(connectorId: string) {
  const arn = { ":arn": connectorArn(refOf(connectorId)) };
  const query = { KeyConditionExpression: "connector_arn = :arn", ExpressionAttributeValues: arn, Select: "COUNT" };
  const { client, scheduler } = framework;
  const documents = await client.send(new QueryCommand({ ...query, Select: "COUNT", TableName: tables.documents }));
  const jobs = await client.send(
    new QueryCommand({ ...query, Select: "COUNT", TableName: tables.jobs, IndexName: "ByConnector" }),
  );
  return {
    documents: documents.Count,
    jobs: jobs.Count,
    schedule: scheduler.schedules.has(`123456789012-${connectorId}`),
  };
}
const nothing = { documents: 0, jobs: 0, schedule: false };

test("documents, jobs and schedule of a removed connector are deleted, and nobody else's", async () => {
  const other = await framework.connector();
  await framework.call("PutCustomConnectorSchedule", { connector_id: other, schedule_expression: "rate(1 day)" });
  await putDocuments(other, 3);
  await runJob(other);
  const connectorId = await removed();
  expect(await leftOf(connectorId)).toEqual({ documents: 3, jobs: 2, schedule: true });
  expect(await deliver(connectorId)).toBe(true);
  expect(await leftOf(connectorId)).toEqual(nothing);
  expect(await leftOf(other)).toEqual({ documents: 3, jobs: 1, schedule: true });
});

test("what a call writes that had seen the connector is deleted too: only a look after a minute ends the deletion", async () => {
  const connectorId = await removed();
  await deliver(connectorId);
  expect(await itemOf(connectorId)).toBeDefined();
  const late = { ...documentKey(refOf(connectorId), "late"), checksum: "", created_at: "", updated_at: "" };
  await framework.client.send(new PutCommand({ TableName: tables.documents, Item: late }));
  await framework.stores.schedules.put(refOf(connectorId), {
    ...{ schedule_expression: "rate(1 day)", timezone: "UTC", state: "ENABLED", environment: [] },
  });
  pass(settledAfter);
  await deliver(connectorId);
  expect(await leftOf(connectorId)).toEqual(nothing);
  expect(await itemOf(connectorId)).toBeUndefined();
});

test("a look that began before the minute was over does not end the deletion, though it took longer", async () => {
  const connectorId = await removed();
  await deliver(connectorId);
  framework.scheduler.next("delete", { delayed: async () => pass(settledAfter) });
  await deliver(connectorId);
  expect(await itemOf(connectorId)).toBeDefined();
  await deliver(connectorId);
  expect(await itemOf(connectorId)).toBeUndefined();
});

test("3,000 documents are deleted in several invocations, each of which asks for the next", async () => {
  const connectorId = await removed({ documents: 3000, jobs: 0 });
  pass(settledAfter);
  let invocations = 0;
  let continued: unknown;
  while (await itemOf(connectorId)) {
    invocations++;
    let looks = 0;
    // Time for ten pages.
    await deliver(connectorId, { remaining: () => (++looks < 10 ? 300_000 : 1_000) });
    const item = await itemOf(connectorId);
    if (item) expect(item.continued_at).not.toBe(continued);
    continued = item?.continued_at;
  }
  expect(invocations).toBe(4);
  expect(await leftOf(connectorId)).toEqual(nothing);
}, 60_000);

test("an invocation without time deletes a page all the same: it always comes to an end", async () => {
  const connectorId = await removed({ documents: 150, jobs: 0 });
  pass(settledAfter);
  let invocations = 0;
  for (; await itemOf(connectorId); invocations++) await deliver(connectorId, { remaining: () => 0 });
  expect(invocations).toBeLessThan(6);
  expect(await leftOf(connectorId)).toEqual(nothing);
});

test("more jobs than a page holds are deleted", async () => {
  const connectorId = await removed({ documents: 0, jobs: 130 });
  await deliver(connectorId);
  expect(await leftOf(connectorId)).toEqual(nothing);
}, 60_000);

test("a job that has not ended is kept, and the deletion with it", async () => {
  const connectorId = await removed({ jobs: 1 });
  const running = jobKey({ tenant, jobId: "ccj-000000000001" });
  const item = {
    ...running,
    ...{ connector_id: connectorId, connector_arn: connectorArn(refOf(connectorId)), environment: [] },
    ...{ status: "RUNNING", created_at: "2100-01-01T00:00:00.000Z", updated_at: "2100-01-01T00:00:00.000Z" },
  };
  await framework.client.send(new PutCommand({ TableName: tables.jobs, Item: item }));
  pass(settledAfter);
  expect(await deliver(connectorId)).toBe(true);
  expect(await leftOf(connectorId)).toEqual({ ...nothing, jobs: 1 });
  expect(await itemOf(connectorId)).toBeDefined();
  const { progress, clock } = framework;
  await progress.end({ tenant, jobId: running.job_id }, () => ({ status: "STOPPED" }), clock());
  await deliver(connectorId);
  expect(await leftOf(connectorId)).toEqual(nothing);
  expect(await itemOf(connectorId)).toBeUndefined();
});

test("a connector that was not removed keeps everything, whatever is delivered", async () => {
  const connectorId = await framework.connector();
  await framework.call("PutCustomConnectorSchedule", {
    connector_id: connectorId,
    schedule_expression: "rate(1 day)",
  });
  await putDocuments(connectorId, 3);
  await runJob(connectorId);
  expect(await deliver(connectorId)).toBe(true);
  expect(await leftOf(connectorId)).toEqual({ documents: 3, jobs: 1, schedule: true });
});

test("a record of anything else in the table is refused", async () => {
  const handle = deletion({
    deletions: deletionStore(framework.client, tables.connectors),
    leftovers: leftovers(framework.client, tables, framework.clock),
    schedules: framework.stores.schedules,
    clock: framework.clock,
    logger: silent,
  });
  for (const S of ["cc-000000000000", "deletion#usage", "usage"]) {
    const Keys = { custom_connector_arn_prefix: { S: tenant }, connector_id: { S } };
    const event = { Records: [{ dynamodb: { Keys, SequenceNumber: "1" } }] };
    const { batchItemFailures } = await handle(event, { ...lambdaContext, getRemainingTimeInMillis: () => 300_000 });
    expect(batchItemFailures).toEqual([{ itemIdentifier: "1" }]);
  }
});

test("two deliveries at once, and one more, do what one does", async () => {
  const connectorId = await removed({ documents: 250, jobs: 5 });
  pass(settledAfter);
  expect(await Promise.all([deliver(connectorId), deliver(connectorId)])).toEqual([true, true]);
  expect(await leftOf(connectorId)).toEqual(nothing);
  expect(await itemOf(connectorId)).toBeUndefined();
  expect(await deliver(connectorId)).toBe(true);
});

test("cut off before any of its writes, or right after it, it loses nothing and another delivery ends it", async () => {
  const writes = ["BatchWriteItemCommand", "DeleteItemCommand", "UpdateItemCommand"];
  for (const when of ["before", "after"] as const) {
    let cuts = 0;
    for (let nth = 1, cut = true; cut; nth++) {
      const connectorId = await removed({ documents: 30, jobs: 2 });
      pass(settledAfter);
      const client = createDocumentClient();
      let seen = 0;
      cut = false;
      client.middlewareStack.add(
        (next, { commandName = "" }) =>
          async (args) => {
            const isCut = writes.includes(commandName) && ++seen === nth;
            cut ||= isCut;
            const result = isCut && when === "before" ? undefined : await next(args);
            if (result === undefined || isCut) throw new Error("cut off");
            return result;
          },
        { step: "initialize" },
      );
      expect(await deliver(connectorId, { client })).toBe(!cut);
      client.destroy();
      expect(await deliver(connectorId)).toBe(true);
      expect(await leftOf(connectorId)).toEqual(nothing);
      expect(await itemOf(connectorId)).toBeUndefined();
      cuts += Number(cut);
    }
    // Two jobs, two batches of documents, and the deletion itself.
    expect(cuts).toBe(5);
  }
}, 60_000);

test("when all is deleted, no deletion is left over in its index", async () => {
  const connectorId = await removed();
  const left = async () =>
    (await framework.client.send(new ScanCommand({ TableName: tables.connectors, IndexName: "Deletions" }))).Items?.map(
      ({ connector_id }) => connector_id,
    );
  expect(await left()).toContain(`deletion#${connectorId}`);
  pass(settledAfter);
  await deliver(connectorId);
  expect(await left()).not.toContain(`deletion#${connectorId}`);
});

test("a job that was released is kept for a quarter of an hour, until its container is surely told to end", async () => {
  const connectorId = await framework.connector();
  const job_id = await framework.job(connectorId);
  await framework.call("StopCustomConnectorJob", { connector_id: connectorId, job_id });
  await framework.call("ReleaseCustomConnector", { connector_id: connectorId });
  expect((await framework.call("DeleteCustomConnector", { connector_id: connectorId })).status).toBe(204);
  pass(800);
  await deliver(connectorId);
  expect(await leftOf(connectorId)).toEqual({ ...nothing, jobs: 1 });
  expect(await itemOf(connectorId)).toBeDefined();
  pass(101);
  await deliver(connectorId);
  expect(await leftOf(connectorId)).toEqual(nothing);
  expect(await itemOf(connectorId)).toBeUndefined();
});
