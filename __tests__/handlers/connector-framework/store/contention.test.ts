import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { connectorStore } from "../../../../handlers/connector-framework/store/connectors.ts";
import { jobStore } from "../../../../handlers/connector-framework/store/jobs.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import { type ConnectorFramework, startConnectorFramework } from "../../../helpers/connector-framework.ts";
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
  expect(await jobStore(client, tables).start(job, framework.clock())).toMatchObject({ status: "STARTED" });
  client.destroy();
});

test("a start that meets other transactions each time is a conflict, and starts nothing", async () => {
  const connectorId = await framework.connector();
  const errors = Array.from({ length: 100 }, () => cancelled("TransactionConflict", "None"));
  const client = contended("TransactItems", errors);
  const job = { connector: { tenant, connectorId }, jobId: "ccj-0123456789ac", environment };
  await expect(jobStore(client, tables).start(job, framework.clock())).rejects.toMatchObject({ code: "Conflict" });
  expect(await framework.stores.jobs.find({ tenant, jobId: job.jobId })).toBeUndefined();
  client.destroy();
});

test("a single write that meets a transaction is tried again", async () => {
  const connectorId = await framework.connector();
  const client = contended("UpdateExpression", [new TransactionConflictException(about)]);
  const change = { name: "renamed", description: undefined, container_properties: undefined };
  const update = connectorStore(client, tables.connectors).update(
    { tenant, connectorId },
    () => change,
    framework.clock(),
  );
  expect(await update).toMatchObject({ name: "renamed", version: 2 });
  client.destroy();
});

test("a transaction that fails for another reason is no conflict but fails", async () => {
  const connectorId = await framework.connector();
  const client = contended("TransactItems", [cancelled("ProvisionedThroughputExceeded", "None")]);
  const job = { connector: { tenant, connectorId }, jobId: "ccj-0123456789ad", environment };
  await expect(jobStore(client, tables).start(job, framework.clock())).rejects.toBeInstanceOf(
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
