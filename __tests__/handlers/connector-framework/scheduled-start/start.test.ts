import { scheduledStart } from "../../../../handlers/connector-framework/scheduled-start/handler.ts";
import { scheduledJobId } from "../../../../handlers/connector-framework/scheduled-start/job-id.ts";
import { jobStore } from "../../../../handlers/connector-framework/store/jobs.ts";
import {
  type ConnectorFramework,
  silent,
  startConnectorFramework,
  tokens,
} from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { lambdaContext } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
let missed: string[];
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());
beforeEach(() => {
  missed = [];
});

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const time = "2030-01-01T02:00:00Z";
const environment = [{ name: "SITE", value: "home" }];

const request = (connector_id: string, scheduled_time = time) => ({
  tenant,
  connector_id,
  environment,
  scheduled_time,
});

/** Delivers a request to the function, of a stage where a tenant may have so many jobs under way. */
function deliver(event: unknown, quota = 1_000_000): Promise<void> {
  const { client, stores, clock } = framework;
  const start = scheduledStart({
    jobs: jobStore(client, { tables, tokens, quota }),
    schedules: stores.schedules,
    metrics: { record: (values) => void missed.push(...Object.keys(values)) },
    clock,
    logger: silent,
  });
  return start(event, lambdaContext);
}

async function jobsOf(connector_id: string): Promise<{ job_id: string; status: string }[]> {
  return Object((await framework.call("ListCustomConnectorJobs", { connector_id })).body).jobs;
}

async function end(jobId: string): Promise<void> {
  await framework.progress.end({ tenant, jobId }, () => ({ status: "SUCCEEDED" }), framework.clock());
}

test("a job is started with the schedule's variables, under the id of its time", async () => {
  const connectorId = await framework.connector();
  await deliver(request(connectorId));
  const jobId = scheduledJobId({ tenant, connectorId }, time);
  expect(await framework.progress.find({ tenant, jobId })).toMatchObject({
    status: "STARTED",
    connector_id: connectorId,
    environment,
  });
  expect(missed).toEqual([]);
});

test("a request that is delivered again starts nothing more, while its job runs and after that", async () => {
  const connectorId = await framework.connector();
  await deliver(request(connectorId));
  await deliver(request(connectorId));
  await end(scheduledJobId({ tenant, connectorId }, time));
  await deliver(request(connectorId));
  expect(await jobsOf(connectorId)).toHaveLength(1);
  expect(missed).toEqual([]);
});

test("two deliveries at the same moment start one job, and count nothing as missed", async () => {
  for (let round = 0; round < 10; round++) {
    const connectorId = await framework.connector();
    await Promise.all([deliver(request(connectorId)), deliver(request(connectorId))]);
    expect(await jobsOf(connectorId)).toHaveLength(1);
  }
  expect(missed).toEqual([]);
});

test("the next time starts the next job", async () => {
  const connectorId = await framework.connector();
  await deliver(request(connectorId));
  await end(scheduledJobId({ tenant, connectorId }, time));
  await deliver(request(connectorId, "2030-01-02T02:00:00Z"));
  expect(await jobsOf(connectorId)).toHaveLength(2);
});

test("a time at which another job holds the connector goes by, and is counted", async () => {
  const connectorId = await framework.connector();
  const running = await framework.job(connectorId);
  await deliver(request(connectorId));
  expect((await jobsOf(connectorId)).map(({ job_id }) => job_id)).toEqual([running]);
  expect(missed).toEqual(["ScheduledStartsSkipped"]);
});

test("a time at which the tenant has as many jobs as it may goes by, and is counted", async () => {
  const connectorId = await framework.connector();
  await framework.job(await framework.connector());
  await deliver(request(connectorId), 1);
  expect(await jobsOf(connectorId)).toEqual([]);
  expect(missed).toEqual(["ScheduledStartsOverQuota"]);
});

test("the schedule of a connector that is gone is deleted, once or twice", async () => {
  const connector_id = await framework.connector();
  await framework.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: "rate(1 day)" });
  await framework.call("DeleteCustomConnector", { connector_id });
  const name = `123456789012-${connector_id}`;
  expect(framework.scheduler.schedules.has(name)).toBe(true);
  await deliver(request(connector_id));
  expect(framework.scheduler.schedules.has(name)).toBe(false);
  await deliver(request(connector_id));
});

test("what Scheduler passes on of a schedule starts its job", async () => {
  const connector_id = await framework.connector();
  await framework.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: "rate(1 day)", environment });
  const input = framework.scheduler.schedules.get(`123456789012-${connector_id}`)?.Target?.Input ?? "";
  await deliver(JSON.parse(input.replaceAll("<aws.scheduler.scheduled-time>", time)));
  expect(await jobsOf(connector_id)).toHaveLength(1);
});

test("anything else fails, so that the request is delivered again", async () => {
  const connectorId = await framework.connector();
  await expect(deliver({ ...request(connectorId), scheduled_time: "soon" })).rejects.toThrow();
  await framework.call("DeleteCustomConnector", { connector_id: connectorId });
  const busy = { refuse: { status: 400, type: "ConflictException", message: "busy" } };
  for (let round = 0; round < 6; round++) framework.scheduler.next("delete", busy);
  await expect(deliver(request(connectorId))).rejects.toThrow("others are changing the schedule");
});
