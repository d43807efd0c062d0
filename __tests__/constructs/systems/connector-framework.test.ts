import * as z from "zod";
import { AccountStack } from "../../../constructs/bootstrap/account/index.ts";
import { ConnectorFrameworkStack } from "../../../constructs/systems/connector-framework/index.ts";
import { loadEnvironment } from "../../../environments/index.ts";
import { stages } from "../../../environments/schema.ts";
import { randomIds } from "../../../handlers/connector-framework/model/ids.ts";
import { connectorKey, documentKey, jobIndexes, jobKey } from "../../../handlers/connector-framework/model/keys.ts";
import { jobTags } from "../../../handlers/connector-framework/orchestrator/job-definition.ts";
import { parsed, type Synthesized, statementsOf, synthesizeApp } from "../synth.ts";

const stacks = [
  ...stages.map((stage) => ({ stage, Stack: ConnectorFrameworkStack, name: `${stage}-connector-framework` })),
  ...stages
    .filter((stage) => stage !== "local")
    .map((stage) => ({ stage, Stack: AccountStack, name: `${stage}-account` })),
].map(({ stage, Stack, name }) => ({
  name,
  made: synthesizeApp(loadEnvironment(stage), ({ app, ...props }) => new Stack(app, props).node),
}));

const madeFor = (stage: string): Synthesized => {
  const found = stacks.find(({ name }) => name === `${stage}-connector-framework`);
  if (!found) throw new Error(stage);
  return found.made;
};
const dev = madeFor("dev");

const textList = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** Why a statement may name every resource: the service has no resource-level permission for the action, or asks for it so. */
const everyResource = new Map([
  ["batch:DescribeJobDefinitions", "no resource-level permission"],
  ["batch:ListJobs", "no resource-level permission"],
  ["xray:PutTelemetryRecords", "no resource-level permission"],
  ["xray:PutTraceSegments", "no resource-level permission"],
  ...[
    "CreateLogGroup",
    "CreateLogStream",
    "DescribeLogGroups",
    "DescribeLogStreams",
    "FilterLogEvents",
    "GetLogEvents",
    "PutLogEvents",
  ].map(
    (action) => [`logs:${action}`, "API Gateway refuses an account role with less, in the account stack only"] as const,
  ),
]);

describe.each(stacks)("$name", ({ name, made }) => {
  test("nothing of CDKTF's own workings is left in it", () => {
    expect(made.text).not.toMatch(/e\+298|TfToken|cross-stack-output|\[object Object\]|undefined|NaN/);
  });

  test("its backend is literal", () => {
    expect(JSON.stringify(made.json.terraform)).not.toContain("${");
  });

  test("every expression is one reference, to an attribute of a resource that is there", () => {
    const { "//": _, ...whole } = z.record(z.string(), z.unknown()).parse(JSON.parse(made.text));
    const references = JSON.stringify(whole).match(/[$%]\{[^}]*\}/g) ?? [];
    for (const reference of references) {
      const [, type = "", id = "", attribute] = reference.match(/^\$\{(aws_\w+)\.(\w+)\.(\w+)\}$/) ?? [];
      expect({ reference, declared: id in made.all(type), attribute }).toEqual({
        reference,
        declared: true,
        attribute: expect.any(String),
      });
    }
    expect(Object.keys(whole)).not.toContain("data");
  });

  test("what a resource waits for is there", () => {
    for (const byId of Object.values(made.json.resource))
      for (const { depends_on } of Object.values(byId))
        for (const dependency of textList.parse(depends_on ?? [])) {
          const [type = "", id = ""] = dependency.split(".");
          expect(made.all(type)).toHaveProperty(id);
        }
  });

  test("no policy allows every action, and every resource only for a reason", () => {
    for (const statement of made.statements()) {
      const [actions, resources] = [textList.parse(statement.Action), textList.parse(statement.Resource)];
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
      const isAccount = name.endsWith("-account");
      if (resources.includes("*"))
        expect(
          actions.filter((action) => !everyResource.has(action) || (action.startsWith("logs:") && !isAccount)),
        ).toEqual([]);
    }
  });

  test("roles are passed to ECS tasks only, and only those under the stage's path", () => {
    for (const { Action, Resource, Condition } of made
      .statements()
      .filter(({ Action }) => textList.parse(Action).includes("iam:PassRole"))) {
      expect(Action).toEqual(["iam:PassRole"]);
      expect(textList.parse(Resource)).toEqual([expect.stringMatching(/^arn:aws:iam::\d{12}:role\/connectors\/\*$/)]);
      expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
    }
  });

  test("logical ids stay what they are: a new one is a new resource, and the old is destroyed", () => {
    const ids = Object.entries(made.json.resource).flatMap(([type, byId]) =>
      Object.keys(byId).map((id) => `${type}.${id}`),
    );
    expect(ids.sort()).toMatchSnapshot();
  });
});

test("three tables hold what the specification says, by its keys", () => {
  expect(dev.one("aws_dynamodb_table", "Connectors")).toMatchObject({
    hash_key: "custom_connector_arn_prefix",
    range_key: "connector_id",
  });
  expect(dev.one("aws_dynamodb_table", "Jobs")).toMatchObject({
    hash_key: "custom_connector_arn_prefix",
    range_key: "job_id",
    global_secondary_index: [
      { name: "ByConnector", hash_key: "connector_arn", range_key: "created_at", projection_type: "ALL" },
      { name: "ByJobId", hash_key: "job_id", projection_type: "KEYS_ONLY" },
    ],
    stream_view_type: "NEW_AND_OLD_IMAGES",
    ttl: { attribute_name: "ttl", enabled: true },
  });
  expect(dev.one("aws_dynamodb_table", "Documents")).toMatchObject({
    hash_key: "connector_arn",
    range_key: "document_id",
  });
});

test("what the handlers take for granted is so: keys, the indexes they query, the prefix of job ids, the tag of jobs", () => {
  const [tenant, connectorId] = ["arn:aws:ccf:eu-central-1:111111111111", "cc-0123456789ab"];
  const keys = {
    Connectors: connectorKey({ tenant, connectorId }),
    Jobs: jobKey({ tenant, jobId: "ccj-0123456789ab" }),
    Documents: documentKey({ tenant, connectorId }, "d"),
  };
  for (const [table, key] of Object.entries(keys)) {
    const { hash_key, range_key } = dev.one("aws_dynamodb_table", table);
    expect(Object.keys(key)).toEqual([hash_key, range_key]);
  }
  const { global_secondary_index } = dev.one("aws_dynamodb_table", "Jobs");
  const indexNames = z
    .array(z.object({ name: z.string() }))
    .parse(global_secondary_index)
    .map(({ name }) => name);
  expect(Object.values(jobIndexes).sort()).toEqual(indexNames.sort());
  const tags = jobTags({
    job_id: randomIds.jobId(),
    connector_id: connectorId,
    custom_connector_arn_prefix: tenant,
    connector_arn: `${tenant}:custom-connector/${connectorId}`,
    status: "STARTED",
    environment: [],
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: "2026-01-01T00:00:00.000Z",
  });
  const [terminate] = dev.statements("Orchestrator_Role_Terminate");
  const [[key = "", pattern = ""] = []] = Object.entries(Object(terminate?.Condition).StringLike);
  expect(tags[key.replace("aws:ResourceTag/", "")]).toMatch(new RegExp(`^${String(pattern).replace("*", ".+$")}`));
});

test("the orchestrator hears of jobs that were started or are to stop, and of no others", () => {
  const { filter_criteria, ...mapping } = dev.one("aws_lambda_event_source_mapping");
  expect(parsed(Object(filter_criteria).filter[0].pattern)).toEqual({
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { NewImage: { status: { S: ["STARTED", "STOPPING"] } } },
  });
  expect(mapping).toMatchObject({
    event_source_arn: expect.stringMatching(/^\$\{aws_dynamodb_table\.Jobs_\w+\.stream_arn\}$/),
    destination_config: { on_failure: { destination_arn: expect.stringMatching(/^\$\{aws_sqs_queue\.DeadLetters_/) } },
  });
});

test("the status function hears of jobs of this queue, and of no other queue's", () => {
  const [queue] = Object.keys(dev.all("aws_batch_job_queue"));
  expect(parsed(dev.one("aws_cloudwatch_event_rule").event_pattern)).toEqual({
    source: ["aws.batch"],
    "detail-type": ["Batch Job State Change"],
    detail: {
      jobQueue: [`\${aws_batch_job_queue.${queue}.arn}`],
      jobName: [{ prefix: "ccj-" }],
      status: ["RUNNING", "SUCCEEDED", "FAILED"],
    },
  });
});

test.each([
  ["local", "ENABLED"],
  ["dev", "ENABLED"],
  ["staging", "DISABLED"],
  ["prod", "DISABLED"],
])("on %s jobs get a public address: %s", (stage, assign) => {
  expect(madeFor(stage).one("aws_lambda_function", "Orchestrator")).toMatchObject({
    environment: { variables: { ASSIGN_PUBLIC_IP: assign } },
  });
});

test("jobs are told the stage's URL with a slash at the end, which the output does not have", () => {
  const stageUrl = dev.json.output.api_url?.value;
  expect(stageUrl).toMatch(/^\$\{aws_api_gateway_stage\.\w+\.invoke_url\}$/);
  expect(dev.one("aws_lambda_function", "Orchestrator")).toMatchObject({
    environment: { variables: { API_ENDPOINT: `${stageUrl}/` } },
  });
  expect(dev.one("aws_api_gateway_stage").stage_name).toBe("prod");
});

test("each function may do what its handler calls, and no more", () => {
  const allowed = (role: string) =>
    dev.statements(`${role}_Role_`).flatMap(({ Action, Resource }) =>
      textList
        .parse(Action)
        .filter((action) => !/^(logs|xray):/.test(action))
        .flatMap((action) =>
          textList
            .parse(Resource)
            .map((arn) => `${action} ${arn.replace(/\$\{(\w+)\.([A-Za-z]+)_\w+\.(\w+)\}/, "$2.$3")}`),
        ),
    );
  expect({
    ApiFunction: allowed("ApiFunction").sort(),
    Orchestrator: allowed("Orchestrator").sort(),
    JobStatus: allowed("JobStatus").sort(),
  }).toMatchSnapshot();
});

test("every stage has the same outputs, each with a description", () => {
  for (const stage of stages) {
    const outputs = madeFor(stage).json.output;
    expect(Object.keys(outputs)).toEqual([
      "api_id",
      "api_url",
      "job_queue_arn",
      "log_group_api",
      "log_group_job_status",
      "log_group_jobs",
      "log_group_orchestrator",
      "table_connectors",
      "table_documents",
      "table_jobs",
    ]);
    for (const { description } of Object.values(outputs)) expect(description).not.toBe("");
  }
});

test("every queue that gives up on messages for good has an alarm, and every queue refuses what comes without TLS", () => {
  const alarmed = Object.values(dev.all("aws_cloudwatch_metric_alarm")).map(
    ({ dimensions }) => Object(dimensions).QueueName,
  );
  for (const id of Object.keys(dev.all("aws_sqs_queue"))) {
    expect(alarmed).toContain(`\${aws_sqs_queue.${id}.name}`);
    const policies = Object.values(dev.all("aws_sqs_queue_policy")).filter(({ queue_url }) =>
      String(queue_url).includes(`.${id}.`),
    );
    expect(policies.flatMap(({ policy }) => statementsOf(policy))).toContainEqual(
      expect.objectContaining({ Effect: "Deny" }),
    );
  }
});

test("only stages that protect their data are protected from Terraform too", () => {
  const protectedBy = (stage: string) =>
    Object.values(madeFor(stage).all("aws_dynamodb_table")).map(({ deletion_protection_enabled, lifecycle }) => [
      deletion_protection_enabled,
      Object(lifecycle).prevent_destroy,
    ]);
  expect(protectedBy("prod")).toEqual([
    [true, true],
    [true, true],
    [true, true],
  ]);
  expect(protectedBy("dev")).toEqual([
    [false, false],
    [false, false],
    [false, false],
  ]);
});
