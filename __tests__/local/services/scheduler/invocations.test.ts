import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { TargetError } from "../../../../local/services/scheduler/delivery.ts";
import { startScheduler } from "../../../../local/services/scheduler/start-scheduler.ts";
import { temporaryDirectory } from "../../../helpers/stage-process.ts";
import {
  accountId,
  arnOf,
  functionArn,
  queueArn,
  type Running,
  region,
  runningScheduler,
  schedule,
} from "./running-scheduler.ts";

let running: Running;
beforeEach(async () => {
  running = await runningScheduler("2026-11-21T12:00:30.000Z");
});
afterEach(() => running[Symbol.asyncDispose]());

const create = (...input: Parameters<typeof schedule>) =>
  running.client.send(new CreateScheduleCommand(schedule(...input)));
const update = (...input: Parameters<typeof schedule>) =>
  running.client.send(new UpdateScheduleCommand(schedule(...input)));
const moments = () => running.invoked.map(({ at }) => at.replace(".000Z", "").replace("2026-11-21T", ""));

describe("when a schedule invokes its target", () => {
  test("at the times of its expression", async () => {
    running.begin();
    await create("every-five");
    await running.hand.moveTo("2026-11-21T12:16:00Z");
    expect(moments()).toEqual(["12:05:00", "12:10:00", "12:15:00"]);
  });

  test("a rate at once, and so on from there", async () => {
    running.begin();
    await create("rate", { ScheduleExpression: "rate(5 minutes)" });
    await running.hand.moveTo("2026-11-21T12:11:00Z");
    expect(moments()).toEqual(["12:00:30", "12:05:30", "12:10:30"]);
  });

  test("within a flexible window at its start", async () => {
    running.begin();
    await create("flexible", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 3 } });
    await running.hand.moveTo("2026-11-21T12:06:00Z");
    expect(moments()).toEqual(["12:05:00"]);
  });

  test("not before its start, nor after its end", async () => {
    running.begin();
    const StartDate = new Date("2026-11-21T12:07:00Z");
    await create("between", { StartDate, EndDate: new Date("2026-11-21T12:20:00Z") });
    await create("rate", { ScheduleExpression: "rate(10 minutes)", StartDate });
    await running.hand.moveTo("2026-11-21T12:30:00Z");
    expect(moments()).toEqual(["12:07:00", "12:10:00", "12:15:00", "12:17:00", "12:27:00"]);
  });

  test("never while it is disabled, and again when it is not", async () => {
    running.begin();
    await create("paused", { State: "DISABLED" });
    await running.hand.moveTo("2026-11-21T12:07:00Z");
    await update("paused");
    await running.hand.moveTo("2026-11-21T12:11:00Z");
    await update("paused", { State: "DISABLED" });
    await running.hand.moveTo("2026-11-21T12:30:00Z");
    expect(moments()).toEqual(["12:10:00"]);
  });

  test("by its new expression once it has one, and never when it is deleted", async () => {
    running.begin();
    await create("moved");
    await update("moved", { ScheduleExpression: "cron(7 * * * ? *)" });
    await create("deleted");
    await running.client.send(new DeleteScheduleCommand({ Name: "deleted" }));
    await running.hand.moveTo("2026-11-21T12:30:00Z");
    expect(moments()).toEqual(["12:07:00"]);
  });

  test("a schedule of one time does it once, and goes if it says so", async () => {
    running.begin();
    await create("stays", { ScheduleExpression: "at(2026-11-21T12:05:00)" });
    await create("goes", { ScheduleExpression: "at(2026-11-21T12:06:00)", ActionAfterCompletion: "DELETE" });
    await running.hand.moveTo("2026-11-21T12:30:00Z");
    expect(moments()).toEqual(["12:05:00", "12:06:00"]);
    const get = (Name: string) => running.client.send(new GetScheduleCommand({ Name }));
    expect((await get("stays")).Name).toBe("stays");
    await expect(get("goes")).rejects.toThrow("Schedule goes does not exist.");
  });

  test("not before the stage is there, and then for what came due meanwhile", async () => {
    await create("early");
    await running.hand.moveTo("2026-11-21T12:05:10Z");
    expect(moments()).toEqual([]);
    running.begin();
    await running.hand.moveTo("2026-11-21T12:06:00Z");
    expect(moments()).toEqual(["12:05:10"]);
  });

  test("after a restart again, but not for the times that passed in between", async () => {
    running.begin();
    await create("kept");
    await create("rate", { ScheduleExpression: "rate(10 minutes)" });
    await running.hand.moveTo("2026-11-21T12:05:30Z");
    const before = moments().length;
    await running.restart();
    await running.hand.moveTo("2026-11-21T12:21:00Z");
    await running.restart();
    running.begin();
    await running.hand.moveTo("2026-11-21T12:31:00Z");
    expect(moments().slice(before)).toEqual(["12:25:00", "12:30:00", "12:30:30"]);
  });

  test("a restart within the second of a time does not repeat it", async () => {
    running.begin();
    await create("kept");
    await running.hand.moveTo("2026-11-21T12:05:00Z");
    expect(moments()).toEqual(["12:05:00"]);
    await running.restart();
    running.begin();
    await running.hand.moveTo("2026-11-21T12:06:00Z");
    expect(moments()).toEqual(["12:05:00"]);
  });

  test("once for all the times that passed while the machine was asleep", async () => {
    running.begin();
    await create("asleep");
    await running.hand.jumpTo("2026-11-21T12:33:00Z");
    await running.hand.moveTo("2026-11-21T12:36:00Z");
    expect(moments()).toEqual(["12:33:00", "12:35:00"]);
  });
});

describe("what the target gets", () => {
  const onlyEvent = () => running.invoked[0]?.event;

  test("is the input with what is known of the invocation", async () => {
    running.begin();
    const Input = JSON.stringify({
      schedule: "<aws.scheduler.schedule-arn>",
      at: "for <aws.scheduler.scheduled-time>",
      attempt: "<aws.scheduler.attempt-number>",
      execution: "<aws.scheduler.execution-id>",
      twice: "<aws.scheduler.attempt-number><aws.scheduler.attempt-number>",
      other: "<aws.scheduler.nothing>",
    });
    await create("told", { Target: { Input } });
    await running.hand.moveTo("2026-11-21T12:05:00Z");
    expect(onlyEvent()).toEqual({
      schedule: arnOf("told"),
      at: "for 2026-11-21T12:05:00Z",
      attempt: "1",
      execution: expect.stringMatching(/^[0-9a-f-]{36}$/),
      twice: "11",
      other: "<aws.scheduler.nothing>",
    });
  });

  test("is a notification when there is no input", async () => {
    running.begin();
    await create("silent", { Target: { Input: undefined } });
    await running.hand.moveTo("2026-11-21T12:05:00Z");
    expect(onlyEvent()).toEqual({
      ...{ version: "0", id: expect.any(String), "detail-type": "Scheduled Event", source: "aws.scheduler" },
      ...{ account: accountId, time: "2026-11-21T12:05:00Z", region, resources: [arnOf("silent")], detail: "{}" },
    });
  });
});

describe("a target that does not take an event", () => {
  const passing = Object.assign(new Error("slow down"), { code: "TooManyRequestsException" });

  test("gets it again, each time with the next attempt's number", async () => {
    running.begin();
    await create("again", { Target: { Input: '"<aws.scheduler.attempt-number>"' } });
    running.fail(passing, passing, undefined);
    await running.hand.moveTo("2026-11-21T12:06:00Z");
    expect(running.invoked).toEqual([{ at: "2026-11-21T12:05:03.000Z", event: "3" }]);
    expect(running.dead).toEqual([]);
  });

  test("gets it as often as the policy has it; then it goes to the dead-letter queue", async () => {
    running.begin();
    const RetryPolicy = { MaximumRetryAttempts: 2 };
    const Target = {
      Input: '{"a":"<aws.scheduler.attempt-number>"}',
      RetryPolicy,
      DeadLetterConfig: { Arn: queueArn },
    };
    await create("hopeless", { Target });
    running.fail(passing);
    await running.hand.moveTo("2026-11-21T12:06:00Z");
    expect(running.invoked).toEqual([]);
    expect(running.dead).toEqual([
      {
        queueArn,
        event: { a: "3" },
        attributes: {
          ERROR_CODE: "TooManyRequestsException",
          ERROR_MESSAGE: "slow down",
          EXECUTION_ID: expect.any(String),
          EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
          IS_PAYLOAD_TRUNCATED: "false",
          RETRY_ATTEMPTS: "2",
          SCHEDULED_TIME: "2026-11-21T12:05:00Z",
          SCHEDULE_ARN: arnOf("hopeless"),
          TARGET_ARN: functionArn,
        },
      },
    ]);
    expect(running.logged).toEqual([
      `schedule default/hopeless could not invoke ${functionArn}: TooManyRequestsException: slow down`,
    ]);
  });

  test("or until the event is too old", async () => {
    running.begin();
    const RetryPolicy = { MaximumEventAgeInSeconds: 60 };
    await create("old", {
      ScheduleExpression: "at(2026-11-21T12:05:00)",
      Target: { RetryPolicy, DeadLetterConfig: { Arn: queueArn } },
    });
    running.fail(passing);
    await running.hand.moveTo("2026-11-21T12:10:00Z");
    expect(running.dead).toMatchObject([
      { attributes: { EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds", RETRY_ATTEMPTS: "5" } },
    ]);
  });

  test("gets it once when another attempt would change nothing", async () => {
    running.begin();
    await create("forbidden", {
      ScheduleExpression: "at(2026-11-21T12:05:00)",
      Target: { DeadLetterConfig: { Arn: queueArn } },
    });
    running.fail(new TargetError("AccessDeniedException", "not allowed"));
    await running.hand.moveTo("2026-11-21T12:10:00Z");
    expect(running.dead).toHaveLength(1);
    expect(running.dead[0]?.attributes).toMatchObject({ ERROR_CODE: "AccessDeniedException", RETRY_ATTEMPTS: "0" });
    expect(running.dead[0]?.attributes).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
  });

  test("without a dead-letter queue the event is dropped, which is told", async () => {
    running.begin();
    await create("dropped", { ScheduleExpression: "at(2026-11-21T12:05:00)" });
    running.fail(new TargetError("ResourceNotFoundException", "no such function"));
    await running.hand.moveTo("2026-11-21T12:10:00Z");
    expect(running.dead).toEqual([]);
    expect(running.logged).toEqual([expect.stringContaining("ResourceNotFoundException: no such function")]);
  });
});

test("a schedule's file that is damaged stops the start, and is left as it is", async () => {
  const directory = temporaryDirectory();
  const options = { dataDirectory: directory.path, region, accountId, mayTakeOn: () => true };
  await (await startScheduler(options)).stop();
  const file = join(directory.path, "schedules", "default~broken.json");
  writeFileSync(file, "{ not this");
  await expect(startScheduler(options)).rejects.toThrow(`The data in ${file} is corrupt`);
  expect(existsSync(file) && readdirSync(join(directory.path, "schedules"))).toEqual(["default~broken.json"]);
  directory.remove();
});
