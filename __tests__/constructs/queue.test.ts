import { DeadLetterQueue, type DeadLetterQueueProps, Queue, type QueueProps } from "../../constructs/queue/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { parsed, statementsOf, synthesize } from "./synth.ts";

const everything: Required<QueueProps> = {
  visibilityTimeoutSeconds: 90,
  maxReceives: 5,
  retentionSeconds: 7200,
  oldestMessageAlarmSeconds: 60,
};

const queue = (props?: QueueProps) => synthesize((stack) => new Queue(stack, "Orders", props));

test("every prop is in the resources", () => {
  const made = queue(everything);
  const [dead] = Object.keys(made.all("aws_sqs_queue")).filter((id) => id.includes("DeadLetters"));
  const [main] = Object.entries(made.all("aws_sqs_queue")).filter(([id]) => !id.includes("DeadLetters"));
  expect(main?.[1]).toEqual({
    name: "armature-dev-shop-orders",
    visibility_timeout_seconds: 90,
    message_retention_seconds: 7200,
    receive_wait_time_seconds: 20,
    sqs_managed_sse_enabled: true,
    redrive_policy: expect.any(String),
  });
  expect(parsed(main?.[1].redrive_policy)).toEqual({
    deadLetterTargetArn: `\${aws_sqs_queue.${dead}.arn}`,
    maxReceiveCount: 5,
  });
  expect(made.one("aws_cloudwatch_metric_alarm", "Orders_NotTaken")).toMatchObject({
    metric_name: "ApproximateAgeOfOldestMessage",
    threshold: 60,
    dimensions: { QueueName: `\${aws_sqs_queue.${main?.[0]}.name}` },
  });
});

test("a queue that says nothing of itself is encrypted, TLS only, and has a dead-letter queue", () => {
  const made = queue();
  expect(
    Object.values(made.all("aws_sqs_queue")).map(({ sqs_managed_sse_enabled }) => sqs_managed_sse_enabled),
  ).toEqual([true, true]);
  for (const { policy } of Object.values(made.all("aws_sqs_queue_policy")))
    expect(statementsOf(policy)).toContainEqual(expect.objectContaining({ Effect: "Deny", Principal: "*" }));
});

test.each<[string, QueueProps, string]>([
  [
    "visibilityTimeoutSeconds is over 12 hours",
    { visibilityTimeoutSeconds: 43_201 },
    "visibilityTimeoutSeconds is 43201",
  ],
  ["maxReceives is 0", { maxReceives: 0 }, "maxReceives is 0"],
  [
    "retentionSeconds is under a minute",
    { retentionSeconds: 59, oldestMessageAlarmSeconds: 1 },
    "retentionSeconds is 59",
  ],
  ["the alarm can never sound", { oldestMessageAlarmSeconds: 345_600 }, "oldestMessageAlarmSeconds is 345600"],
])("fails when %s", (_, props, problem) => {
  expect(() => queue(props)).toThrow(`dev-shop/Orders: ${problem}`);
});

describe("a dead-letter queue", () => {
  const deadLetters: Required<DeadLetterQueueProps> = {
    meaning: "Orders that nobody could read. Ask the customer.",
    retentionDays: 3,
    sentBy: { service: "events.amazonaws.com", sourceArn: "arn:aws:events:eu-central-1:111111111111:rule/r" },
  };

  test("keeps every prop, and an alarm sounds at the first message", () => {
    const made = synthesize((stack) => new DeadLetterQueue(stack, "Failed", deadLetters));
    expect(made.one("aws_sqs_queue")).toEqual({
      name: "armature-dev-shop-failed",
      message_retention_seconds: 259_200,
      sqs_managed_sse_enabled: true,
    });
    expect(statementsOf(made.one("aws_sqs_queue_policy").policy)).toHaveLength(2);
    expect(made.one("aws_cloudwatch_metric_alarm")).toMatchObject({
      metric_name: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      threshold: 1,
      alarm_description:
        "armature-dev-shop-failed is not empty. Orders that nobody could read. Ask the customer. Runbook: docs/runbooks/dead-letters.md",
      alarm_actions: ["arn:aws:sns:eu-central-1:111111111111:alarms"],
    });
  });

  test("keeps messages for as long as SQS can, unless it says otherwise", () => {
    const made = synthesize((stack) => new DeadLetterQueue(stack, "Failed", { meaning: "Look." }));
    expect(made.one("aws_sqs_queue").message_retention_seconds).toBe(1_209_600);
  });

  test.each<[string, Partial<DeadLetterQueueProps>, string]>([
    ["retentionDays is more than SQS keeps", { retentionDays: 15 }, "retentionDays is 15"],
    ["meaning is empty", { meaning: "" }, "meaning has 0 characters"],
    ["meaning is too long for an alarm", { meaning: "a".repeat(901) }, "meaning has 901 characters"],
  ])("fails when %s", (_, props, problem) => {
    expect(() => synthesize((stack) => new DeadLetterQueue(stack, "Failed", { ...deadLetters, ...props }))).toThrow(
      `dev-shop/Failed: ${problem}`,
    );
  });

  test("of a queue tells how often its messages were received, and that they can be moved back", () => {
    expect(queue(everything).one("aws_cloudwatch_metric_alarm", "Orders_DeadLetters").alarm_description).toMatch(
      /received from armature-dev-shop-orders 5 times .* moved back/,
    );
  });

  test("is one of many that one role may send to, whatever their ids are within their queues", () => {
    const made = synthesize((stack) => {
      const role = new Role(stack, "Clerk", { assumedBy: "lambda.amazonaws.com", description: "" });
      for (const id of ["Orders", "Returns"]) {
        const { deadLetters } = new Queue(stack, id);
        expect(deadLetters.grantSend(role)).toBe(deadLetters.grantSend(role));
      }
    });
    expect(Object.values(made.all("aws_iam_role_policy")).map(({ name }) => name)).toEqual([
      "send-to-orders-dead-letters",
      "send-to-returns-dead-letters",
    ]);
  });
});

test("grants name what they allow", () => {
  const made = synthesize((stack) => {
    const role = new Role(stack, "Clerk", { assumedBy: "lambda.amazonaws.com", description: "" });
    const orders = new Queue(stack, "Orders");
    orders.grantSend(role);
    orders.grantReceive(role);
    orders.deadLetters.grantSend(role);
  });
  expect(made.statements().map(({ Action }) => Action)).toEqual([
    ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    ["sqs:SendMessage"],
    ["sqs:SendMessage"],
  ]);
});
