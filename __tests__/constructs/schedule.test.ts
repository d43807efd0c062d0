import { NodeFunction } from "../../constructs/function/index.ts";
import { DeadLetterQueue } from "../../constructs/queue/index.ts";
import { Schedule, type ScheduleProps } from "../../constructs/schedule/index.ts";
import type { SystemStack } from "../../constructs/system-stack/index.ts";
import { parsed, statementsOf, synthesize } from "./synth.ts";

const everything: Required<Omit<ScheduleProps, "target">> = {
  description: "The shop opens",
  expression: "cron(0 6 ? * MON-FRI *)",
  timezone: "Europe/Berlin",
  input: { door: "front" },
  maxRetries: 9,
  maxAgeSeconds: 600,
};

const opener = (stack: SystemStack, asynchronous = true) =>
  new NodeFunction(stack, "Opener", {
    handler: "connector-framework/job-status",
    description: "",
    timeoutSeconds: 10,
    environment: { CONNECTORS_TABLE: "a", JOBS_TABLE: "b", METRICS_SERVICE: "c" },
    ...(asynchronous && { onFailure: new DeadLetterQueue(stack, "Failed", { meaning: "Look." }) }),
  });

const schedule = (props: Partial<ScheduleProps> = {}, asynchronous = true) =>
  synthesize((stack) => {
    new Schedule(stack, "Opening", { ...everything, target: opener(stack, asynchronous), ...props });
  });

test("every prop is in the resources", () => {
  const made = schedule();
  expect(made.one("aws_scheduler_schedule_group")).toEqual({ name: "armature-dev-shop-opening" });
  const { target, depends_on, ...resource } = made.one("aws_scheduler_schedule");
  expect(resource).toEqual({
    name: "armature-dev-shop-opening",
    group_name: expect.stringMatching(/^\$\{aws_scheduler_schedule_group\.Opening_Group_\w+\.name\}$/),
    description: "The shop opens",
    schedule_expression: "cron(0 6 ? * MON-FRI *)",
    schedule_expression_timezone: "Europe/Berlin",
    state: "ENABLED",
    flexible_time_window: { mode: "OFF" },
  });
  const { input, ...rest } = Object(target);
  expect(parsed(input)).toEqual({ door: "front" });
  expect(rest).toEqual({
    arn: expect.stringMatching(/^\$\{aws_lambda_function\.Opener_\w+\.arn\}$/),
    role_arn: expect.stringMatching(/^\$\{aws_iam_role\.Opening_Role_\w+\.arn\}$/),
    retry_policy: { maximum_retry_attempts: 9, maximum_event_age_in_seconds: 600 },
    dead_letter_config: { arn: expect.stringMatching(/^\$\{aws_sqs_queue\.Opening_DeadLetters_\w+\.arn\}$/) },
  });
  expect(depends_on).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.Opening_Role_InvokeOpener_/),
    expect.stringMatching(/^aws_iam_role_policy\.Opening_Role_SendToOpeningDeadLetters_/),
  ]);
});

test("its role is Scheduler's on behalf of this group, and may invoke this function and fill this queue only", () => {
  const made = schedule();
  expect(statementsOf(made.one("aws_iam_role", "Opening_Role").assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "scheduler.amazonaws.com" },
      Condition: {
        StringEquals: {
          "aws:SourceAccount": "111111111111",
          "aws:SourceArn": expect.stringMatching(/^\$\{aws_scheduler_schedule_group\.Opening_Group_\w+\.arn\}$/),
        },
      },
    },
  ]);
  expect(made.statements("Opening_Role").map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [["lambda:InvokeFunction"], [expect.stringContaining("aws_lambda_function.Opener_")]],
    [["sqs:SendMessage"], [expect.stringContaining("aws_sqs_queue.Opening_DeadLetters_")]],
  ]);
});

test("an alarm sounds when Scheduler cannot invoke the function", () => {
  expect(schedule().one("aws_cloudwatch_metric_alarm", "Opening_Failures")).toMatchObject({
    namespace: "AWS/Scheduler",
    metric_name: "TargetErrorCount",
    dimensions: { ScheduleGroup: expect.stringContaining("aws_scheduler_schedule_group.Opening_Group_") },
    threshold: 1,
    alarm_description: expect.stringMatching(/armature-dev-shop-opener.*schedule-failures\.md$/),
  });
});

test("without input the function is given an empty object, at times of UTC", () => {
  const made = synthesize((stack) => {
    new Schedule(stack, "Opening", { description: "", expression: "rate(1 hour)", target: opener(stack) });
  }).one("aws_scheduler_schedule");
  expect(made).toMatchObject({ schedule_expression_timezone: "UTC", target: { input: "{}" } });
});

test.each<[string, Partial<ScheduleProps>, string]>([
  ["description is too long", { description: "a".repeat(513) }, "description has 513 characters"],
  ["expression has five fields", { expression: "cron(0 6 * * *)" }, 'expression is "cron(0 6 * * *)"'],
  ["expression is a rate of nothing", { expression: "rate(0 minutes)" }, 'expression is "rate(0 minutes)"'],
  ["maxRetries is 186", { maxRetries: 186 }, "maxRetries is 186"],
  ["maxAgeSeconds is under a minute", { maxAgeSeconds: 59 }, "maxAgeSeconds is 59"],
])("fails when %s", (_, props, problem) => {
  expect(() => schedule(props)).toThrow(`dev-shop/Opening: ${problem}`);
});

test("fails when the function would lose what it fails on", () => {
  expect(() => schedule({}, false)).toThrow("dev-shop/Opening: target has no onFailure");
});
