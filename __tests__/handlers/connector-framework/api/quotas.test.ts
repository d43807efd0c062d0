import { operations } from "../../../../handlers/connector-framework/api/operations.ts";
import { randomIds } from "../../../../handlers/connector-framework/model/ids.ts";
import { connectorStore } from "../../../../handlers/connector-framework/store/connectors.ts";
import { jobStore } from "../../../../handlers/connector-framework/store/jobs.ts";
import {
  allowed,
  type ConnectorFramework,
  region,
  startConnectorFramework,
  tokens,
  validConnector,
} from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

let accounts = 100_000_000_000;

/** The operations with small quotas, called by an account of their own. */
function small(quota: { readonly connectors: number; readonly jobs: number }) {
  const { client, stores, clock } = framework;
  const limited = {
    ...stores,
    connectors: connectorStore(client, { table: tables.connectors, tokens, quota: quota.connectors }),
    jobs: jobStore(client, { tables, tokens, quota: quota.jobs }),
  };
  const api = operations({ stores: limited, allowed, clock, ids: randomIds, region });
  const caller = { accountId: String(accounts++), requestId: "request-1" };
  const properties = { resource_requirements: { cpu: 1, memory: 2048 }, timeout: 3600, attempts: 1, secrets: [] };
  const kinds = { capacity: "ON_DEMAND", cpu_architecture: "X86_64" } as const;
  const container_properties = { ...validConnector.container_properties, ...properties, ...kinds };
  return {
    account: caller.accountId,
    tenant: `arn:aws:ccf:${region}:${caller.accountId}`,
    create: async () =>
      (await api.CreateCustomConnector({ name: "crawler", container_properties }, caller)).connector.connector_id,
    remove: (connector_id: string) => api.DeleteCustomConnector({ connector_id }, caller),
    start: async (connector_id: string) =>
      (await api.StartCustomConnectorJob({ connector_id, environment: [] }, caller)).job.job_id,
  };
}

test("an account has no more connectors than its quota, and room again when one is gone", async () => {
  const api = small({ connectors: 2, jobs: 1 });
  const first = await api.create();
  await api.create();
  await expect(api.create()).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "there are 2 connectors already, which is the quota",
  });
  await api.remove(first);
  await expect(api.create()).resolves.toMatch(/^cc-/);
  expect(await framework.usage(api.account)).toEqual({ connectors: 2 });
});

test("of ten creations at once there are as many as the quota has room for", async () => {
  const api = small({ connectors: 4, jobs: 1 });
  const created = await Promise.allSettled(Array.from({ length: 10 }, api.create));
  expect(created.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
  expect(await framework.usage(api.account)).toEqual({ connectors: 4 });
});

test("an account has no more jobs under way than its quota, and the connector stays free", async () => {
  const api = small({ connectors: 2, jobs: 1 });
  const [one, other] = [await api.create(), await api.create()];
  const jobId = await api.start(one);
  await expect(api.start(other)).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "1 jobs are under way already, which is the quota",
  });
  const { connectors } = framework.stores;
  expect(await connectors.get({ tenant: api.tenant, connectorId: other })).toMatchObject({ status: "AVAILABLE" });
  await expect(api.start(one)).rejects.toMatchObject({ code: "Conflict" });
  await framework.progress.end({ tenant: api.tenant, jobId }, () => ({ status: "FAILED" }), framework.clock());
  await expect(api.start(other)).resolves.toMatch(/^ccj-/);
});

test("other accounts have quotas of their own", async () => {
  const [one, other] = [small({ connectors: 1, jobs: 1 }), small({ connectors: 1, jobs: 1 })];
  await one.create();
  await expect(other.create()).resolves.toMatch(/^cc-/);
});

test("a job that ends twice, or without its connector, counts once", async () => {
  const api = small({ connectors: 1, jobs: 2 });
  const jobId = await api.start(await api.create());
  const end = () =>
    framework.progress.end({ tenant: api.tenant, jobId }, () => ({ status: "FAILED" }), framework.clock());
  expect(await Promise.all([end(), end(), end()])).toEqual(expect.arrayContaining([true, false, false]));
  expect(await framework.usage(api.account)).toEqual({ connectors: 1, jobs: 0 });
});

test("a client is told of a quota as a limit that was exceeded", async () => {
  expect(await framework.call("CreateCustomConnector", validConnector)).toMatchObject({ status: 201 });
  const account = "888888888888";
  await framework.connector(account);
  await framework.setUsage(account, { connectors: 1_000_000 });
  expect(await framework.call("CreateCustomConnector", validConnector, account)).toMatchObject({
    status: 400,
    body: { errorType: "ResourceLimitExceededException" },
  });
});
