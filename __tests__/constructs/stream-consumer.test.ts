import { Construct } from "constructs";
import { NodeFunction } from "../../constructs/function/index.ts";
import { DeadLetterQueue } from "../../constructs/queue/index.ts";
import type { StreamConsumerProps } from "../../constructs/stream-consumer/index.ts";
import type { SystemStack } from "../../constructs/system-stack/index.ts";
import { string, Table } from "../../constructs/table/index.ts";
import { SynthesisError } from "../../constructs/validation/index.ts";
import { parsed, synthesize } from "./synth.ts";

const newClerk = (stack: SystemStack) =>
  new NodeFunction(stack, "Clerk", {
    handler: "connector-framework/job-status",
    description: "",
    timeoutSeconds: 10,
    environment: { CONNECTORS_TABLE: "a", JOBS_TABLE: "b", METRICS_SERVICE: "c" },
  });

const newOrders = (scope: Construct) =>
  new Table(scope, "Orders", { partitionKey: string("id"), stream: "new-and-old-images" });

const consume = (props: Omit<StreamConsumerProps, "onFailure"> = {}) =>
  synthesize((stack) => {
    const orders = newOrders(stack);
    const clerk = newClerk(stack);
    clerk.consume(orders.stream, { ...props, onFailure: deadLetters(stack) });
  });

const deadLetters = (stack: SystemStack, id = "Failed") => new DeadLetterQueue(stack, id, { meaning: "Look." });

const filterOf = (mapping: Record<string, unknown>) => mapping.filter_criteria;

test("every prop is in the resources", () => {
  const everything: Required<Omit<StreamConsumerProps, "onFailure">> = {
    only: [
      { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["NEW", "LATE"] }, kind: { S: ["online"] } } } },
      { eventName: ["MODIFY"], dynamodb: { OldImage: { status: { S: ["NEW"] }, late: { S: [{ exists: true }] } } } },
      { eventName: ["REMOVE"], dynamodb: { Keys: { id: { S: [{ prefix: "order#" }] } } } },
    ],
    batchSize: 25,
    parallelBatches: 4,
    maxRetries: 6,
    maxAgeSeconds: 3600,
    lagAlarmSeconds: 120,
  };
  const made = consume(everything);
  const reference = (type: string, attribute: string) => `\${${type}.${Object.keys(made.all(type))[0]}.${attribute}}`;
  const { filter_criteria, ...mapping } = made.one("aws_lambda_event_source_mapping");
  expect(mapping).toEqual({
    event_source_arn: reference("aws_dynamodb_table", "stream_arn"),
    function_name: reference("aws_lambda_function", "function_name"),
    starting_position: "TRIM_HORIZON",
    batch_size: 25,
    parallelization_factor: 4,
    maximum_retry_attempts: 6,
    maximum_record_age_in_seconds: 3600,
    bisect_batch_on_function_error: true,
    function_response_types: ["ReportBatchItemFailures"],
    destination_config: { on_failure: { destination_arn: reference("aws_sqs_queue", "arn") } },
    depends_on: [
      expect.stringMatching(/^aws_iam_role_policy\.Clerk_Role_ConsumeOrders_/),
      expect.stringMatching(/^aws_iam_role_policy\.Clerk_Role_SendToFailed_/),
    ],
  });
  const { filter } = Object(filter_criteria);
  expect(filter.map(({ pattern }: { pattern: string }) => parsed(pattern))).toEqual(everything.only);
  expect(made.one("aws_cloudwatch_metric_alarm", "Clerk_ConsumeOrders_Lag")).toMatchObject({
    metric_name: "IteratorAge",
    threshold: 120_000,
  });
});

test("retries that are not limited go on until the records are too old", () => {
  const made = consume({ maxRetries: "unlimited", maxAgeSeconds: 3600 });
  expect(made.one("aws_lambda_event_source_mapping")).toMatchObject({
    maximum_retry_attempts: -1,
    maximum_record_age_in_seconds: 3600,
  });
});

test("one function may consume two tables that have one id in two places, and note failures in two queues", () => {
  const made = synthesize((stack) => {
    const clerk = newClerk(stack);
    for (const place of ["North", "South"])
      clerk.consume(newOrders(new Construct(stack, place)).stream, { onFailure: deadLetters(stack, `${place}Failed`) });
  });
  expect(Object.keys(made.all("aws_lambda_event_source_mapping"))).toHaveLength(2);
  expect(Object.values(made.all("aws_iam_role_policy")).map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "consume-north-orders",
      "consume-south-orders",
      "send-to-north-failed",
      "send-to-south-failed",
    ]),
  );
});

test("fails when a function consumes one table twice, naming both", () => {
  const twice = () =>
    synthesize((stack) => {
      const [orders, clerk, onFailure] = [newOrders(stack), newClerk(stack), deadLetters(stack)];
      clerk.consume(orders.stream, { onFailure });
      clerk.consume(orders.stream, { onFailure });
    });
  expect(twice).toThrow(SynthesisError);
  expect(twice).toThrow(
    "dev-shop/Clerk: ConsumeOrders is wanted for dev-shop/Orders, but stands for dev-shop/Orders already",
  );
});

test("without a wish, new and changed items are consumed whatever they hold", () => {
  const { filter } = Object(filterOf(consume().one("aws_lambda_event_source_mapping")));
  expect(parsed(filter[0].pattern)).toEqual({ eventName: ["INSERT", "MODIFY"] });
});

test.each<[string, Omit<StreamConsumerProps, "onFailure">, string]>([
  ["only is empty", { only: [] }, "only is empty"],
  ["a pattern has no kind of change", { only: [{ eventName: [] }] }, "only.0.eventName is empty"],
  ["there are six patterns", { only: Array(6).fill({ eventName: ["INSERT"] }) }, "only has 6 patterns: at most 5"],
  ["batchSize is 0", { batchSize: 0 }, "batchSize is 0"],
  ["parallelBatches is 11", { parallelBatches: 11 }, "parallelBatches is 11"],
  ["maxRetries is negative", { maxRetries: -1 }, "maxRetries is -1"],
  ["maxAgeSeconds is over a day", { maxAgeSeconds: 86_401 }, "maxAgeSeconds is 86401"],
  ["the alarm can never sound", { maxAgeSeconds: 300 }, "lagAlarmSeconds is 300"],
])("fails when %s", (_, props, problem) => {
  expect(() => consume(props)).toThrow(`dev-shop/Clerk/ConsumeOrders: ${problem}`);
});
