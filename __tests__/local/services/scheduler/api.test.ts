import {
  ConflictException,
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  UpdateScheduleCommand,
  ValidationException,
} from "@aws-sdk/client-scheduler";
import type { Authority } from "../../../../local/iam/authority.ts";
import { developerOf } from "../../../../local/iam/principal.ts";
import { askUnderName, localKey, signedFetch, unknownName, wrongClients } from "../../signatures/signed.ts";
import {
  accountId,
  arnOf,
  functionArn,
  queueArn,
  type Running,
  region,
  roleArn,
  runningScheduler,
  schedule,
} from "./running-scheduler.ts";

let running: Running;
beforeEach(async () => {
  running = await runningScheduler();
});
afterEach(() => running[Symbol.asyncDispose]());

const create = (...input: Parameters<typeof schedule>) =>
  running.client.send(new CreateScheduleCommand(schedule(...input)));
const update = (...input: Parameters<typeof schedule>) =>
  running.client.send(new UpdateScheduleCommand(schedule(...input)));
const get = (Name: string, GroupName?: string) => running.client.send(new GetScheduleCommand({ Name, GroupName }));

test("a schedule is as it was made, with what AWS fills in", async () => {
  expect(await create("nightly")).toMatchObject({ ScheduleArn: arnOf("nightly") });
  const { $metadata: _, ...found } = await get("nightly");
  expect(found).toEqual({
    Arn: arnOf("nightly"),
    Name: "nightly",
    GroupName: "default",
    ScheduleExpression: "cron(0/5 * * * ? *)",
    ScheduleExpressionTimezone: "UTC",
    State: "ENABLED",
    ActionAfterCompletion: "NONE",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: functionArn,
      RoleArn: roleArn,
      Input: "{}",
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
    CreationDate: new Date("2026-11-21T12:00:00Z"),
    LastModificationDate: new Date("2026-11-21T12:00:00Z"),
  });
});

test("an update replaces everything but when it was made", async () => {
  await create("nightly", {
    Description: "at first",
    StartDate: new Date("2026-12-01T00:00:00Z"),
    Target: { DeadLetterConfig: { Arn: queueArn } },
  });
  await running.hand.moveTo("2026-11-21T13:00:00Z");
  await update("nightly", { State: "DISABLED", ScheduleExpressionTimezone: "Europe/Berlin" });
  const found = await get("nightly");
  expect(found).toMatchObject({
    State: "DISABLED",
    ScheduleExpressionTimezone: "Europe/Berlin",
    CreationDate: new Date("2026-11-21T12:00:00Z"),
    LastModificationDate: new Date("2026-11-21T13:00:00Z"),
  });
  expect([found.Description, found.StartDate, found.Target?.DeadLetterConfig]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a second one of the name is refused, in the same group only", async () => {
  await create("nightly");
  await expect(create("nightly")).rejects.toEqual(
    expect.objectContaining({ name: "ConflictException", message: "Schedule nightly already exists." }),
  );
  await running.client.send(new CreateScheduleGroupCommand({ Name: "others" }));
  expect(await create("nightly", { GroupName: "others" })).toMatchObject({ ScheduleArn: arnOf("nightly", "others") });
});

test.each([
  ["got", () => get("nobody")],
  ["updated", () => update("nobody")],
  ["deleted", () => running.client.send(new DeleteScheduleCommand({ Name: "nobody" }))],
])("one that is not there is not %s", async (_, call) => {
  const error = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ResourceNotFoundException);
  expect(error).toMatchObject({ message: "Schedule nobody does not exist.", $metadata: { httpStatusCode: 404 } });
});

test("neither is one in a group that is not there", async () => {
  for (const call of [() => create("a", { GroupName: "nowhere" }), () => get("a", "nowhere")])
    await expect(call()).rejects.toThrow("Schedule group nowhere does not exist.");
});

test.each<[string, Parameters<typeof schedule>[1], string]>([
  ["an expression that is none", { ScheduleExpression: "every day" }, "Invalid Schedule Expression every day."],
  [
    "a time zone that is none",
    { ScheduleExpressionTimezone: "Mars/Base" },
    "Invalid Schedule Expression Timezone Mars/Base.",
  ],
  [
    "another role",
    { Target: { RoleArn: `${roleArn}2` } },
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
  ],
  [
    "a target that is no function",
    { Target: { Arn: queueArn } },
    "'target.arn' failed to satisfy constraint: Member must satisfy regular expression",
  ],
  ["an input that is no JSON", { Target: { Input: "hello" } }, "a function's input must be well-formed JSON"],
  ["an input that is too large", { Target: { Input: JSON.stringify("x".repeat(262_144)) } }, "at most 262144 bytes"],
  [
    "too many attempts",
    { Target: { RetryPolicy: { MaximumRetryAttempts: 186 } } },
    "'target.retryPolicy.maximumRetryAttempts'",
  ],
  ["a window without its length", { FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, "maximumWindowInMinutes"],
  [
    "parameters of other targets",
    { Target: { SqsParameters: { MessageGroupId: "a" } } },
    "sqsParameters' is not known to the local stage",
  ],
  ["a name that is none", { Name: "a b" }, "'name'"],
])("%s is refused", async (_, settings, message) => {
  const error = await create("refused", settings).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ValidationException);
  expect(error).toMatchObject({ message: expect.stringContaining(message), $metadata: { httpStatusCode: 400 } });
});

describe("a request with the token of an earlier one", () => {
  test("creates nothing again, and is refused when it is another request", async () => {
    const first = await create("once", { ClientToken: "t1" });
    expect((await create("once", { ClientToken: "t1" })).ScheduleArn).toBe(first.ScheduleArn);
    const other = create("once", { ClientToken: "t1", Description: "another" });
    await expect(other).rejects.toBeInstanceOf(ConflictException);
    await expect(create("once", { ClientToken: "t2" })).rejects.toBeInstanceOf(ConflictException);
  });

  test("updates nothing again", async () => {
    await create("once");
    await update("once", { ClientToken: "t1" });
    await running.hand.moveTo("2026-11-21T13:00:00Z");
    await update("once", { ClientToken: "t1" });
    expect((await get("once")).LastModificationDate).toEqual(new Date("2026-11-21T12:00:00Z"));
  });

  test("deletes nothing again", async () => {
    await create("once");
    const deletion = () => running.client.send(new DeleteScheduleCommand({ Name: "once", ClientToken: "t1" }));
    await deletion();
    await deletion();
    await create("once");
    expect((await get("once")).Name).toBe("once");
  });
});

test("of simultaneous creations one makes the schedule", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create("contended")));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("schedules are listed in pages, by group, prefix and state", async () => {
  await running.client.send(new CreateScheduleGroupCommand({ Name: "others" }));
  const names = Array.from({ length: 7 }, (_, index) => `a${index}`);
  for (const name of names) await create(name, { State: name === "a3" ? "DISABLED" : "ENABLED" });
  await create("b0");
  await create("a9", { GroupName: "others" });

  const pages = paginateListSchedules(
    { client: running.client, pageSize: 3 },
    { GroupName: "default", NamePrefix: "a", State: "ENABLED" },
  );
  const sizes: number[] = [];
  const listed: unknown[] = [];
  for await (const { Schedules = [] } of pages) {
    sizes.push(Schedules.length);
    listed.push(...Schedules.map(({ Name }) => Name));
  }
  expect(listed.toReversed()).toEqual(names.filter((name) => name !== "a3"));
  expect(sizes).toEqual([3, 3]);

  const all: unknown[] = [];
  for await (const { Schedules = [] } of paginateListSchedules({ client: running.client }, {}))
    all.push(...Schedules.map(({ GroupName, Name }) => `${GroupName}/${Name}`));
  expect(all.toReversed()).toEqual([...names.map((name) => `default/${name}`), "default/b0", "others/a9"]);
});

test("a group is there once", async () => {
  const made = await running.client.send(new CreateScheduleGroupCommand({ Name: "connectors", ClientToken: "t1" }));
  const arn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/connectors`;
  expect(made.ScheduleGroupArn).toBe(arn);
  const again = await running.client.send(new CreateScheduleGroupCommand({ Name: "connectors", ClientToken: "t1" }));
  expect(again.ScheduleGroupArn).toBe(arn);
  await expect(running.client.send(new CreateScheduleGroupCommand({ Name: "connectors" }))).rejects.toThrow(
    "Schedule group connectors already exists.",
  );
  expect(await running.client.send(new GetScheduleGroupCommand({ Name: "connectors" }))).toMatchObject({
    ...{ Arn: arn, Name: "connectors", State: "ACTIVE", CreationDate: new Date("2026-11-21T12:00:00Z") },
  });
  expect(await running.client.send(new GetScheduleGroupCommand({ Name: "default" }))).toMatchObject({
    Name: "default",
  });
});

test("everything is there again after a restart", async () => {
  await running.client.send(new CreateScheduleGroupCommand({ Name: "connectors" }));
  await create("nightly", { GroupName: "connectors", Description: "kept" });
  await running.restart();
  expect(await get("nightly", "connectors")).toMatchObject({ Description: "kept" });
});

test("an operation that it does not have is refused by name", async () => {
  await expect(running.client.send(new DeleteScheduleGroupCommand({ Name: "default" }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "The local EventBridge Scheduler has no operation DELETE /schedule-groups/default.",
  });
});

describe("signatures", () => {
  const listing = () => ({ service: "scheduler", region, method: "GET", url: `${running.url}/schedules` });
  const asked = async (changes: object) => {
    const { method, headers, url } = { headers: {}, ...listing() };
    return signedFetch({ service: "scheduler", region, method, headers, url, ...changes });
  };

  test.each(Object.entries(wrongClients))("%s is refused", async (_, changes) => {
    const response = await asked(changes);
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toMatch(/^(InvalidSignature|UnrecognizedClient)Exception$/);
  });

  test("no signature is refused, and so is another host name", async () => {
    const response = await fetch(listing().url);
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
      403,
      "MissingAuthenticationTokenException",
    ]);
    expect(await askUnderName("evil.example", { ...listing(), method: "GET" })).toEqual(unknownName);
  });
});

test("a request needs its action on the schedule, and the role may be given to EventBridge Scheduler only", async () => {
  const asked: unknown[] = [];
  const authority: Authority = {
    keySecret: "none",
    ownerOf: (accessKeyId) =>
      accessKeyId === "local" ? { ...localKey, principal: developerOf(accountId) } : undefined,
    async decide(_, access) {
      asked.push(access);
      return access.action === "iam:PassRole" ? { effect: "not allowed" } : { effect: "allowed", by: "developer" };
    },
  };
  const guarded = await runningScheduler(undefined, { authority });
  try {
    await expect(guarded.client.send(new CreateScheduleCommand(schedule("nightly")))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`is not authorized to perform: iam:PassRole on resource: ${roleArn}`),
      $metadata: { httpStatusCode: 403 },
    });
    await guarded.client.send(new CreateScheduleGroupCommand({ Name: "connectors" }));
    await guarded.client.send(new GetScheduleGroupCommand({ Name: "connectors" }));
    for await (const _ of paginateListSchedules({ client: guarded.client }, {}));
  } finally {
    await guarded[Symbol.asyncDispose]();
  }
  const group = `arn:aws:scheduler:${region}:${accountId}:schedule-group/connectors`;
  expect(asked).toEqual([
    { action: "scheduler:CreateSchedule", resource: arnOf("nightly") },
    { action: "iam:PassRole", resource: roleArn, context: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    { action: "scheduler:CreateScheduleGroup", resource: group },
    { action: "scheduler:GetScheduleGroup", resource: group },
    { action: "scheduler:ListSchedules", resource: "*" },
  ]);
});
