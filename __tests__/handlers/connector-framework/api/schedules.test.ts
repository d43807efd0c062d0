import {
  type Answer,
  type ConnectorFramework,
  schedules,
  startConnectorFramework,
  validConnector,
} from "../../../helpers/connector-framework.ts";
import type { SchedulerFault } from "../../../helpers/scripted-scheduler.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const nightly = {
  schedule_expression: "cron(0 2 ? * MON-FRI *)",
  timezone: "Europe/Berlin",
  environment: [{ name: "SITE", value: "home" }],
};

const put = (connector_id: string, settings: Record<string, unknown> = nightly) =>
  framework.call("PutCustomConnectorSchedule", { connector_id, ...settings });
const get = (connector_id: string) => framework.call("GetCustomConnectorSchedule", { connector_id });
const pause = (connector_id: string) => framework.call("PauseCustomConnectorSchedule", { connector_id });
const resume = (connector_id: string) => framework.call("ResumeCustomConnectorSchedule", { connector_id });
const remove = (connector_id: string) => framework.call("DeleteCustomConnectorSchedule", { connector_id });

/** The schedule as Scheduler keeps it. */
const kept = (connectorId: string) => framework.scheduler.schedules.get(`123456789012-${connectorId}`);

const refuse = (status: number, type: string, message: string): SchedulerFault => ({
  refuse: { status, type, message },
});
const conflict = refuse(409, "ConflictException", "The schedule is being changed.");
const answered = ({ status, body }: Answer) => [status, body.schedule];

test("a schedule is kept by Scheduler alone, with all it needs to start jobs", async () => {
  const connector_id = await framework.connector();
  const schedule = { connector_id, ...nightly, state: "ENABLED" };
  expect(answered(await put(connector_id))).toEqual([200, schedule]);
  expect(answered(await get(connector_id))).toEqual([200, schedule]);
  expect(kept(connector_id)).toMatchObject({
    GroupName: schedules.group,
    ScheduleExpression: "cron(0 2 ? * MON-FRI *)",
    ScheduleExpressionTimezone: "Europe/Berlin",
    State: "ENABLED",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: schedules.target.function,
      RoleArn: schedules.target.role,
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: schedules.target.deadLetters },
    },
  });
  expect(JSON.parse(kept(connector_id)?.Target?.Input ?? "")).toEqual({
    tenant: "arn:aws:ccf:eu-central-1:123456789012",
    connector_id,
    environment: nightly.environment,
    scheduled_time: "<aws.scheduler.scheduled-time>",
  });
});

test("what is not said has its default", async () => {
  const connector_id = await framework.connector();
  const answer = await put(connector_id, { schedule_expression: "rate(1 hour)" });
  expect(answered(answer)).toEqual([
    200,
    { connector_id, schedule_expression: "rate(1 hour)", timezone: "UTC", state: "ENABLED", environment: [] },
  ]);
});

test("a second schedule takes the place of the first, whole", async () => {
  const connector_id = await framework.connector();
  await put(connector_id, { ...nightly, state: "PAUSED" });
  expect(kept(connector_id)?.State).toBe("DISABLED");
  await put(connector_id, { schedule_expression: "rate(2 days)" });
  expect((await get(connector_id)).body.schedule).toEqual({
    connector_id,
    schedule_expression: "rate(2 days)",
    timezone: "UTC",
    state: "ENABLED",
    environment: [],
  });
});

test("any number of puts at the same moment: every one is answered, one of them stands whole", async () => {
  const connector_id = await framework.connector();
  const settings = [1, 2, 3, 4, 5].map((hours) => ({
    schedule_expression: `rate(${hours} hours)`,
    environment: [{ name: "HOURS", value: String(hours) }],
  }));
  const answers = await Promise.all(settings.map((one) => put(connector_id, one)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const { body } = await get(connector_id);
  expect(answers.map((answer) => answer.body)).toContainEqual(body);
});

test("a put whose answer is lost counts once", async () => {
  const connector_id = await framework.connector();
  framework.scheduler.next("create", { loseAnswer: true });
  const before = framework.scheduler.calls.length;
  expect((await put(connector_id)).status).toBe(200);
  expect(framework.scheduler.calls.slice(before)).toEqual(["create", "create"]);
});

test("a schedule that is deleted while it is replaced is made anew", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  framework.scheduler.next("update", { delayed: async () => void (await remove(connector_id)) });
  expect((await put(connector_id)).status).toBe(200);
  expect((await get(connector_id)).status).toBe(200);
});

test("pausing and resuming leave everything else as it is", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  const { ClientToken: _, ...before } = kept(connector_id) ?? { ClientToken: "" };
  const schedule = { connector_id, ...nightly };
  expect(answered(await pause(connector_id))).toEqual([200, { ...schedule, state: "PAUSED" }]);
  expect(kept(connector_id)).toMatchObject({ ...before, State: "DISABLED" });
  expect(answered(await get(connector_id))).toEqual([200, { ...schedule, state: "PAUSED" }]);
  expect(answered(await resume(connector_id))).toEqual([200, { ...schedule, state: "ENABLED" }]);
  expect(kept(connector_id)).toMatchObject(before);
});

test("a schedule that is paused already is not written again", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  await pause(connector_id);
  const before = framework.scheduler.calls.length;
  expect((await pause(connector_id)).status).toBe(200);
  expect(framework.scheduler.calls.slice(before)).toEqual(["get"]);
});

test("a pause that meets another change is tried again with what that left", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  framework.scheduler.next("update", conflict);
  expect(answered(await pause(connector_id))).toEqual([200, { connector_id, ...nightly, state: "PAUSED" }]);
});

test("a schedule that is deleted while it is paused is not there", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  framework.scheduler.next("update", { delayed: async () => void (await remove(connector_id)) });
  expect((await pause(connector_id)).status).toBe(404);
  expect(kept(connector_id)).toBeUndefined();
});

test("a deleted schedule is gone", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  expect(await remove(connector_id)).toEqual({ status: 204, body: {} });
  expect(kept(connector_id)).toBeUndefined();
});

test("without a schedule, all but a put answer that there is none", async () => {
  const connector_id = await framework.connector();
  const message = `connector ${connector_id} has no schedule`;
  for (const ask of [get, pause, resume, remove])
    expect(await ask(connector_id)).toEqual({ status: 404, body: { message, errorType: "ResourceNotFoundException" } });
});

test.each(["cc-000000000000", "../../other", "usage"])(
  "a connector %s that does not exist has no schedule",
  async (id) => {
    const before = framework.scheduler.calls.length;
    for (const ask of [put, get, pause, resume, remove]) {
      const { status, body } = await ask(id);
      expect([status, body.message]).toEqual([404, `connector ${id} does not exist`]);
    }
    expect(framework.scheduler.calls.slice(before)).toEqual([]);
  },
);

test("another account's connector has a schedule of its own", async () => {
  const connector_id = await framework.connector("210987654321");
  expect((await put(connector_id)).status).toBe(404);
  const theirs = { connector_id, ...nightly };
  expect((await framework.call("PutCustomConnectorSchedule", theirs, "210987654321")).status).toBe(200);
  expect(framework.scheduler.schedules.has(`210987654321-${connector_id}`)).toBe(true);
});

test.each([
  ["Invalid Schedule Expression cron(0 0 31 2 ? *).", "schedule_expression"],
  ["Invalid ScheduleExpressionTimezone: Mars/Olympus.", "timezone"],
])("what Scheduler refuses, %s, is answered 400 with the field's name", async (message, field) => {
  const connector_id = await framework.connector();
  framework.scheduler.next("create", refuse(400, "ValidationException", message));
  const { status, body } = await put(connector_id);
  expect([status, body.message]).toEqual([400, `${field}: is refused by EventBridge Scheduler: ${message}`]);
});

test.each([
  "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
  "1 validation error detected: Value 'role' at 'target.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ^arn",
])("what the stack is to blame for is answered 500 without details: %s", async (message) => {
  const connector_id = await framework.connector();
  framework.scheduler.next("create", refuse(400, "ValidationException", message));
  const { status, body } = await put(connector_id);
  expect([status, body.message]).toEqual([500, "Internal server error"]);
});

test("an account that may have no more schedules is told so", async () => {
  const connector_id = await framework.connector();
  framework.scheduler.next("create", refuse(402, "ServiceQuotaExceededException", "too many"));
  expect(await put(connector_id)).toMatchObject({
    status: 400,
    body: { errorType: "ResourceLimitExceededException" },
  });
});

test("others who leave no gap are a conflict, and a busy Scheduler is unavailable", async () => {
  const connector_id = await framework.connector();
  await put(connector_id);
  for (let round = 0; round < 6; round++) framework.scheduler.next("update", conflict);
  expect((await pause(connector_id)).status).toBe(409);
  for (let attempt = 0; attempt < 3; attempt++)
    framework.scheduler.next("get", refuse(429, "ThrottlingException", "Rate exceeded"));
  expect((await get(connector_id)).status).toBe(503);
});

test.each([
  ["at(2030-01-01T00:00:00)", "schedule_expression"],
  ["rate(0 hours)", "schedule_expression"],
  ["cron(0 2 * * *)", "schedule_expression"],
])("the expression %s is refused before Scheduler is asked", async (schedule_expression, field) => {
  const connector_id = await framework.connector();
  const { status, body } = await put(connector_id, { schedule_expression });
  expect(status).toBe(400);
  expect(body.message).toContain(field);
});

test("a schedule's variables may not hide a secret of the connector", async () => {
  const { container_properties } = validConnector;
  const secrets = [{ name: "SITE", value_from: "arn:aws:ssm:eu-central-1:123456789012:parameter/site" }];
  const created = await framework.call("CreateCustomConnector", {
    ...validConnector,
    container_properties: { ...container_properties, secrets },
  });
  const { connector_id } = Object(created.body.connector);
  expect((await put(connector_id)).body.message).toBe("environment.0.name: is a secret of the connector");
});

test("values in which Scheduler would find its keywords come back and arrive as they were sent", async () => {
  const connector_id = await framework.connector();
  const environment = [{ name: "TEXT", value: 'a "<aws.scheduler.scheduled-time>" \u0001 ü <' }];
  await put(connector_id, { ...nightly, environment });
  const input = kept(connector_id)?.Target?.Input ?? "";
  expect(input.match(/<[^>]*>/g)).toEqual(["<aws.scheduler.scheduled-time>"]);
  const delivered = input.replaceAll("<aws.scheduler.scheduled-time>", "2030-01-01T00:00:00Z");
  expect(JSON.parse(delivered)).toMatchObject({ environment, scheduled_time: "2030-01-01T00:00:00Z" });
  expect((await get(connector_id)).body.schedule).toMatchObject({ environment });
});

test("the largest variables there may be fit what Lambda takes", async () => {
  const connector_id = await framework.connector();
  const environment = ["A", "B", "C"].map((name) => ({ name, value: "<".repeat(4096) }));
  expect((await put(connector_id, { ...nightly, environment })).status).toBe(200);
  expect(Buffer.byteLength(kept(connector_id)?.Target?.Input ?? "")).toBeLessThan(256 * 1024);
});
