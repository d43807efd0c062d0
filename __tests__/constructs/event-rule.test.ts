import { Construct } from "constructs";
import { EventRule, type EventRuleProps } from "../../constructs/event-rule/index.ts";
import { NodeFunction } from "../../constructs/function/index.ts";
import { DeadLetterQueue } from "../../constructs/queue/index.ts";
import type { SystemStack } from "../../constructs/system-stack/index.ts";
import { SynthesisError } from "../../constructs/validation/index.ts";
import { parsed, statementsOf, synthesize } from "./synth.ts";

const everything: Required<Omit<EventRuleProps, "target">> = {
  description: "A shop opened",
  pattern: { source: ["shops"], "detail-type": ["Opened"], detail: { town: [{ prefix: "S" }] } },
  maxRetries: 9,
  maxAgeSeconds: 600,
};

const greeter = (stack: SystemStack, asynchronous = true) =>
  new NodeFunction(stack, "Greeter", {
    handler: "connector-framework/job-status",
    description: "",
    timeoutSeconds: 10,
    environment: { CONNECTORS_TABLE: "a", JOBS_TABLE: "b", METRICS_SERVICE: "c" },
    ...(asynchronous && { onFailure: new DeadLetterQueue(stack, "Failed", { meaning: "Look." }) }),
  });

const rule = (props: Partial<EventRuleProps> = {}, asynchronous = true) =>
  synthesize((stack) => {
    new EventRule(stack, "Opened", { ...everything, target: greeter(stack, asynchronous), ...props });
  });

test("every prop is in the resources", () => {
  const made = rule();
  const { event_pattern, ...resource } = made.one("aws_cloudwatch_event_rule");
  expect(resource).toEqual({ name: "armature-dev-shop-opened", description: "A shop opened" });
  expect(parsed(event_pattern)).toEqual(everything.pattern);
  expect(made.one("aws_cloudwatch_event_target")).toMatchObject({
    retry_policy: { maximum_retry_attempts: 9, maximum_event_age_in_seconds: 600 },
    dead_letter_config: { arn: expect.stringMatching(/^\$\{aws_sqs_queue\.Opened_DeadLetters_\w+\.arn\}$/) },
    arn: expect.stringMatching(/^\$\{aws_lambda_function\.Greeter_\w+\.arn\}$/),
    depends_on: [
      expect.stringMatching(/^aws_lambda_permission\.Greeter_InvokeByOpened_/),
      expect.stringMatching(/^aws_sqs_queue_policy\.Opened_DeadLetters_Policy_/),
    ],
    rule: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\.Opened_\w+\.name\}$/),
  });
});

test("only this rule may invoke the function, and send to the dead-letter queue", () => {
  const made = rule();
  const ruleArn = `\${aws_cloudwatch_event_rule.${Object.keys(made.all("aws_cloudwatch_event_rule"))[0]}.arn}`;
  expect(made.one("aws_lambda_permission")).toMatchObject({
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    source_arn: ruleArn,
  });
  expect(statementsOf(made.one("aws_sqs_queue_policy", "Opened").policy)[1]).toMatchObject({
    Principal: { Service: "events.amazonaws.com" },
    Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
  });
});

test("the alarm of its dead letters names the function and says that the messages are whole events", () => {
  expect(rule().one("aws_cloudwatch_metric_alarm", "Opened_DeadLetters").alarm_description).toMatch(
    /^armature-dev-shop-opened-dead-letters is not empty\. .*armature-dev-shop-greeter\. Each message is a whole event/,
  );
});

test("two rules may tell one function, even when their ids are the same in two places", () => {
  const made = synthesize((stack) => {
    const target = greeter(stack);
    for (const place of ["North", "South"])
      new EventRule(new Construct(stack, place), "Opened", { ...everything, target });
  });
  expect(Object.keys(made.all("aws_lambda_permission"))).toEqual([
    expect.stringMatching(/^Greeter_InvokeByNorthOpened_/),
    expect.stringMatching(/^Greeter_InvokeBySouthOpened_/),
  ]);
});

test("fails when two rules would be one to the function, naming both", () => {
  const collide = () =>
    synthesize((stack) => {
      const target = greeter(stack);
      new EventRule(new Construct(stack, "North"), "Opened", { ...everything, target });
      new EventRule(stack, "NorthOpened", { ...everything, target });
    });
  expect(collide).toThrow(SynthesisError);
  expect(collide).toThrow(
    "dev-shop/Greeter: InvokeByNorthOpened is wanted for dev-shop/NorthOpened, but stands for dev-shop/North/Opened already",
  );
});

test.each<[string, Partial<EventRuleProps>, string]>([
  ["description is too long", { description: "a".repeat(513) }, "description has 513 characters"],
  ["pattern has no source", { pattern: { source: [] } }, "pattern.source is empty"],
  ["maxRetries is 186", { maxRetries: 186 }, "maxRetries is 186"],
  ["maxAgeSeconds is under a minute", { maxAgeSeconds: 59 }, "maxAgeSeconds is 59"],
])("fails when %s", (_, props, problem) => {
  expect(() => rule(props)).toThrow(`dev-shop/Opened: ${problem}`);
});

test("fails when the function would lose events it fails on", () => {
  expect(() => rule({}, false)).toThrow("dev-shop/Opened: target has no onFailure");
});
