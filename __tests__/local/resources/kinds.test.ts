import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createIam } from "../../../local/iam/index.ts";
import { developerOf } from "../../../local/iam/principal.ts";
import { batchKinds } from "../../../local/resources/batch.ts";
import { dynamodbKinds } from "../../../local/resources/dynamodb-table.ts";
import { type DeclaredRule, eventKinds } from "../../../local/resources/events.ts";
import { inertKinds } from "../../../local/resources/inert.ts";
import { stageKinds } from "../../../local/resources/kinds.ts";
import { schedulerKinds } from "../../../local/resources/scheduler.ts";
import { sqsKinds } from "../../../local/resources/sqs-queue.ts";
import type { StageContext } from "../../../local/resources/stage-context.ts";

/** Clients of no service: what is refused here is refused before any is asked. */
const nowhere = { region: "eu-central-1", endpoint: "http://127.0.0.1:1", maxAttempts: 1 };
const rules = new Map<string, DeclaredRule>();
const kinds = new Map([
  ...stageKinds,
  ...batchKinds(new BatchClient(nowhere)),
  ...dynamodbKinds(new DynamoDBClient(nowhere)),
  ...eventKinds(rules),
  ...schedulerKinds(new SchedulerClient(nowhere), () => undefined),
  ...sqsKinds(new SQSClient(nowhere)),
]);

function declaring(): StageContext {
  return {
    region: "eu-central-1",
    accountId: "000000000000",
    namePrefix: "armature-local-",
    url: "http://127.0.0.1:1",
    iam: createIam({ region: "eu-central-1", accountId: "000000000000" }),
    directories: { functions: "/nowhere", logs: "/nowhere" },
    serviceEndpoints: {},
    declarations: { functions: new Map(), mappings: [], invocations: [], apis: new Map() },
  };
}

function make(type: string, body: Record<string, unknown>, context = declaring()) {
  const kind = kinds.get(type);
  if (!kind) throw new Error(`no kind ${type}`);
  return kind({ stack: "local-a", address: `${type}.It`, body, directory: "/nowhere" }, context);
}

const stream = "arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/1";

describe("an argument that would silently be untrue is refused by name", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["aws_lambda_function", { layers: [] }, "layers: the local stage does not know this argument"],
    ["aws_lambda_function", { runtime: "python3.13" }, "runtime: only Node.js functions run on this machine"],
    ["aws_lambda_function", { environment: { variables: {}, secret: 1 } }, "environment"],
    ["aws_dynamodb_table", { local_secondary_index: [] }, "local_secondary_index: the local stage does not know"],
    ["aws_dynamodb_table", { billing_mode: "PROVISIONED" }, "billing_mode: only on-demand tables"],
    ["aws_sqs_queue", { kms_master_key_id: "k" }, "kms_master_key_id: the local stage does not know"],
    ["aws_lambda_event_source_mapping", { scaling_config: {} }, "scaling_config: the local stage does not know"],
    ["aws_lambda_event_source_mapping", { event_source_arn: "arn:aws:sqs:x" }, "only DynamoDB streams are mapped"],
    ["aws_cloudwatch_event_target", { input_transformer: {} }, "input_transformer: the local stage does not know"],
    ["aws_cloudwatch_event_rule", { schedule_expression: "rate(1 day)" }, "schedule_expression: the local stage does"],
    ["aws_api_gateway_rest_api", { policy: "{}" }, "policy: the local stage does not know"],
    ["aws_api_gateway_stage", { variables: {} }, "variables: the local stage does not know"],
    ["aws_api_gateway_method_settings", { method_path: "a/GET" }, "method_path: settings of single methods"],
    ["aws_lambda_invocation", { input: "[]" }, "input: "],
    ["aws_lambda_invocation", { lifecycle_scope: "CREATE_ONLY" }, "lifecycle_scope: only invocations of scope CRUD"],
    ["aws_lambda_invocation", { qualifier: "1" }, "qualifier: the local stage does not know"],
    ["aws_scheduler_schedule", { target: { arn: "arn:aws:sqs:x", role_arn: "r" } }, "only functions are targets"],
    ["aws_scheduler_schedule", { target: { sqs_parameters: {} } }, "sqs_parameters"],
    ["aws_scheduler_schedule", { start_date: "tomorrow" }, "start_date: "],
    ["aws_scheduler_schedule_group", { name_prefix: "a" }, "name_prefix: the local stage does not know"],
    ["aws_ecr_repository", { region: "x" }, "region: the local stage does not know"],
    ["aws_batch_compute_environment", { service_role: "r" }, "service_role: the local stage does not know"],
  ])("%s with %j", async (type, body, message) => {
    await expect(make(type, body)).rejects.toThrow(`${type}.It: `);
    await expect(make(type, body)).rejects.toThrow(message);
  });
});

test("what only matters on AWS is let pass", async () => {
  await make("aws_cloudwatch_event_rule", { name: "r", event_pattern: "{}", description: "d", tags: { a: "b" } });
  expect([...rules.keys()]).toEqual(["r"]);
});

test("a mapping's id tells it from one of the same address in another stack", async () => {
  const context = declaring();
  context.declarations.functions.set("f", {
    spec: {
      ...{ name: "f", arn: "arn:f", codeDirectory: "/nowhere", handler: "index.handler", environment: {} },
      ...{ timeoutSeconds: 3, memoryMib: 128, region: "eu-central-1" },
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    principal: developerOf("000000000000"),
    logGroup: "/aws/lambda/f",
    traced: false,
    maximumConcurrency: undefined,
    permissions: [],
    asyncSettings: {},
  });
  const body = { event_source_arn: stream, function_name: "f", starting_position: "LATEST" };
  const kind = kinds.get("aws_lambda_event_source_mapping");
  for (const stack of ["local-a", "local-b"])
    await kind?.({ stack, address: "aws_lambda_event_source_mapping.M", body, directory: "" }, context);
  expect(context.declarations.mappings.map(({ id }) => id)).toEqual([
    "local-a.aws_lambda_event_source_mapping.M",
    "local-b.aws_lambda_event_source_mapping.M",
  ]);
});

test("a type that does nothing here has the attributes others refer to", async () => {
  for (const type of inertKinds.keys()) {
    const made = await make(type, { name: "thing" });
    expect(made).toEqual({ id: "thing", arn: expect.stringMatching(/^arn:aws:[a-z0-9-]+:[^:]*:000000000000:.*thing/) });
  }
});

test("a REST API goes by its name without what every name begins with", async () => {
  const context = declaring();
  const made = await make("aws_api_gateway_rest_api", { name: "armature-local-a-api", body: "{}" }, context);
  expect(made).toMatchObject({ id: "a-api" });
});

test("two of one name are refused, as on AWS", async () => {
  const context = declaring();
  const body = { name: "armature-local-a-api", body: "{}" };
  await make("aws_api_gateway_rest_api", body, context);
  await expect(make("aws_api_gateway_rest_api", body, context)).rejects.toThrow("there are two REST APIs named a-api");
});

test("a repository has the address that images are named by", async () => {
  const made = await make("aws_ecr_repository", { name: "armature-local-a-sample", image_tag_mutability: "IMMUTABLE" });
  expect(made).toMatchObject({
    arn: "arn:aws:ecr:eu-central-1:000000000000:repository/armature-local-a-sample",
    repository_url: "000000000000.dkr.ecr.eu-central-1.amazonaws.com/armature-local-a-sample",
  });
});
