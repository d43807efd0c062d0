import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { jobKey } from "../../../../handlers/connector-framework/model/keys.ts";
import { type ConnectorFramework, startConnectorFramework } from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";

const tenant = "arn:aws:ccf:eu-central-1:123456789012";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const release = (connector_id: string) => framework.call("ReleaseCustomConnector", { connector_id });

test("a connector whose job was stopped and does not end is free at once, and the job is STOPPED", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  await framework.call("StopCustomConnectorJob", { connector_id, job_id });
  expect(await release(connector_id)).toMatchObject({
    status: 200,
    body: { connector: { connector_id, status: "AVAILABLE" } },
  });
  const { body } = await framework.call("GetCustomConnectorJob", { connector_id, job_id });
  expect(body).toMatchObject({ job: { status: "STOPPED", completed_at: expect.any(String) } });
  expect(await framework.job(connector_id)).not.toBe(job_id);
});

test.each(["STARTED", "RUNNING"])("a %s job must be stopped first", async (status) => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  if (status === "RUNNING") await framework.progress.attach({ tenant, jobId: job_id }, "batch-1", framework.clock());
  expect(await release(connector_id)).toEqual({
    status: 409,
    body: { errorType: "ConflictException", message: `job ${job_id} is ${status}: stop it first` },
  });
});

test("a connector that no job holds stays as it is, and one that is not there is not found", async () => {
  const connector_id = await framework.connector();
  const before = await framework.stores.connectors.get({ tenant, connectorId: connector_id });
  expect((await release(connector_id)).status).toBe(200);
  expect(await framework.stores.connectors.get({ tenant, connectorId: connector_id })).toEqual(before);
  expect((await release("cc-000000000000")).status).toBe(404);
});

test("a connector whose job is gone is free again, and counts no job any more", async () => {
  const account = "777777777777";
  const connector_id = await framework.connector(account);
  const jobId = await framework.job(connector_id, account);
  const of = `arn:aws:ccf:eu-central-1:${account}`;
  await framework.client.send(new DeleteCommand({ TableName: tables.jobs, Key: jobKey({ tenant: of, jobId }) }));
  expect((await framework.call("ReleaseCustomConnector", { connector_id }, account)).status).toBe(200);
  expect(await framework.usage(account)).toEqual({ connectors: 1, jobs: 0 });
});
