import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateScheduleGroupCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { deletionKey } from "../../../../handlers/connector-framework/model/keys.ts";
import {
  type Schedule,
  type ScheduleStore,
  scheduleStore,
} from "../../../../handlers/connector-framework/schedules/schedules.ts";
import { createSchedulerClient } from "../../../../handlers/runtime/aws-clients.ts";
import { type Scheduler, startScheduler } from "../../../../local/services/scheduler/start-scheduler.ts";
import { type ConnectorFramework, schedules, startConnectorFramework } from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { lambdaContext } from "../../../helpers/rest-event.ts";

// The two functions as Lambda starts them, on the local stage's own DynamoDB and Scheduler.

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const settings: Omit<Schedule, "schedule_expression"> = {
  timezone: "UTC",
  state: "ENABLED",
  environment: [{ name: "SITE", value: "<home>" }],
};

let framework: ConnectorFramework;
let scheduler: Scheduler;
let dataDirectory: string;
let client: SchedulerClient;
let store: ScheduleStore;
let deleteLeftovers: (event: DynamoDBStreamEvent, context: typeof lambdaContext) => Promise<object>;

beforeAll(async () => {
  process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
  framework = await startConnectorFramework();
  dataDirectory = await mkdtemp(join(tmpdir(), "armature-scheduler-"));
  const where = { region: "eu-central-1", accountId: "123456789012" };
  scheduler = await startScheduler({
    dataDirectory,
    ...where,
    mayTakeOn: ({ roleArn }) => roleArn === schedules.target.role,
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SCHEDULER: scheduler.url,
    CONNECTORS_TABLE: tables.connectors,
    JOBS_TABLE: tables.jobs,
    DOCUMENTS_TABLE: tables.documents,
    JOB_QUOTA: "10",
    METRICS_SERVICE: "test",
    SCHEDULE_GROUP: schedules.group,
  });
  client = createSchedulerClient();
  await client.send(new CreateScheduleGroupCommand({ Name: schedules.group }));
  store = scheduleStore(client, schedules.group, schedules.target);
  const starter = await import("../../../../handlers/connector-framework/scheduled-start/index.ts");
  const deletion = await import("../../../../handlers/connector-framework/deletion/index.ts");
  deleteLeftovers = deletion.handler;
  scheduler.begin({
    invoke: (_, event) => starter.handler(event, lambdaContext),
    sendDeadLetter: async () => undefined,
  });
});
afterAll(async () => {
  client.destroy();
  await scheduler.stop();
  await rm(dataDirectory, { recursive: true });
  await framework.stop();
});

test("a schedule is made, read, replaced, paused, resumed and deleted", async () => {
  const ref = { tenant, connectorId: await framework.connector() };
  expect(await store.find(ref)).toBeUndefined();
  expect(await store.setState(ref, "PAUSED")).toBeUndefined();
  expect(await store.remove(ref)).toBe(false);
  const nightly = { ...settings, schedule_expression: "cron(0 2 1 1 ? 2090)", timezone: "Europe/Berlin" };
  await store.put(ref, nightly);
  expect(await store.find(ref)).toEqual(nightly);
  expect(await store.setState(ref, "PAUSED")).toEqual({ ...nightly, state: "PAUSED" });
  expect(await store.find(ref)).toEqual({ ...nightly, state: "PAUSED" });
  expect(await store.setState(ref, "ENABLED")).toEqual(nightly);
  const yearly = { ...settings, schedule_expression: "cron(0 3 1 1 ? *)", environment: [] };
  await store.put(ref, yearly);
  expect(await store.find(ref)).toEqual(yearly);
  expect(await store.remove(ref)).toBe(true);
  expect(await store.find(ref)).toBeUndefined();
});

test.each([
  [{ schedule_expression: "cron(0 2 * * * *)" }, /^schedule_expression: /],
  [{ schedule_expression: "rate(1 hour)", timezone: "Mars/Olympus" }, /^timezone: /],
])("what Scheduler refuses of %j is the client's to mend", async (wrong, message) => {
  const ref = { tenant, connectorId: await framework.connector() };
  await expect(store.put(ref, { ...settings, ...wrong })).rejects.toMatchObject({
    code: "BadRequest",
    message: expect.stringMatching(message),
  });
});

test("a schedule's time starts its job, and the schedule goes with its connector", async () => {
  const connector_id = await framework.connector();
  const ref = { tenant, connectorId: connector_id };
  await store.put(ref, { ...settings, schedule_expression: "rate(1 hour)" });
  const jobs = async () => Object((await framework.call("ListCustomConnectorJobs", { connector_id })).body).jobs;
  while ((await jobs()).length === 0) await delay(20);
  const [{ job_id: jobId }] = await jobs();
  const job = { tenant, jobId };
  expect(await framework.progress.find(job)).toMatchObject({ environment: settings.environment });
  await framework.progress.end(job, () => ({ status: "SUCCEEDED" }), framework.clock());

  expect((await framework.call("DeleteCustomConnector", { connector_id })).status).toBe(204);
  const { custom_connector_arn_prefix, connector_id: key } = deletionKey(ref);
  const Keys = { custom_connector_arn_prefix: { S: custom_connector_arn_prefix }, connector_id: { S: key } };
  const record: DynamoDBRecord = { eventName: "INSERT", dynamodb: { Keys, SequenceNumber: "1" } };
  const context = { ...lambdaContext, getRemainingTimeInMillis: () => 120_000 };
  expect(await deleteLeftovers({ Records: [record] }, context)).toEqual({ batchItemFailures: [] });
  expect(await store.find(ref)).toBeUndefined();
  expect(await framework.progress.find(job)).toBeUndefined();
});
