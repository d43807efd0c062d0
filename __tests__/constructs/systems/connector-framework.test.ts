import * as z from "zod";
import { ConnectorFrameworkStack } from "../../../constructs/systems/connector-framework/index.ts";
import { loadEnvironment } from "../../../environments/index.ts";
import { stages } from "../../../environments/schema.ts";
import { randomIds } from "../../../handlers/connector-framework/model/ids.ts";
import { connectorKey, documentKey, jobIndexes, jobKey } from "../../../handlers/connector-framework/model/keys.ts";
import { jobTags } from "../../../handlers/connector-framework/orchestrator/job-definition.ts";
import { parsed, type Synthesized, statementsOf, synthesizeApp } from "../synth.ts";

const madeFor = (stage: string): Synthesized =>
  synthesizeApp(loadEnvironment(stage), ({ app, ...props }) => new ConnectorFrameworkStack(app, props).node);
const dev = madeFor("dev");

const textList = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

test("three tables hold what the specification says, by its keys", () => {
  expect(dev.one("aws_dynamodb_table", "Connectors")).toMatchObject({
    hash_key: "custom_connector_arn_prefix",
    range_key: "connector_id",
    global_secondary_index: [
      { name: "Deletions", hash_key: "deletion_requested_at", projection_type: "KEYS_ONLY" },
      { name: "InUse", hash_key: "current_job_id", projection_type: "KEYS_ONLY" },
    ],
    stream_view_type: "KEYS_ONLY",
  });
  expect(dev.one("aws_dynamodb_table", "Jobs")).toMatchObject({
    hash_key: "custom_connector_arn_prefix",
    range_key: "job_id",
    global_secondary_index: [
      { name: "ByConnector", hash_key: "connector_arn", range_key: "created_at", projection_type: "INCLUDE" },
      { name: "ByJobId", hash_key: "job_id", projection_type: "KEYS_ONLY" },
      { name: "Open", hash_key: "open_since", projection_type: "KEYS_ONLY" },
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

test("the orchestrator hears of jobs that were started, are to stop, were given up on or left behind, and of no others", () => {
  const { filter_criteria, ...mapping } = dev.one("aws_lambda_event_source_mapping", "Orchestrator");
  expect(Object(filter_criteria).filter.map(({ pattern }: { pattern: string }) => parsed(pattern))).toEqual([
    {
      eventName: ["INSERT"],
      dynamodb: { NewImage: { status: { S: ["STARTED"] }, submitting_at: { S: [{ exists: false }] } } },
    },
    {
      eventName: ["MODIFY"],
      dynamodb: { OldImage: { status: { S: ["STARTED", "RUNNING"] } }, NewImage: { status: { S: ["STOPPING"] } } },
    },
    {
      eventName: ["MODIFY"],
      dynamodb: {
        OldImage: { status: { S: ["STOPPING"] } },
        NewImage: { status: { S: ["STOPPED"] }, released_at: { S: [{ exists: true }] } },
      },
    },
    {
      eventName: ["MODIFY"],
      dynamodb: { NewImage: { status: { S: ["STARTED", "STOPPING"] }, nudged_at: { S: [{ exists: true }] } } },
    },
  ]);
  expect(mapping).toMatchObject({
    event_source_arn: expect.stringMatching(/^\$\{aws_dynamodb_table\.Jobs_\w+\.stream_arn\}$/),
    destination_config: {
      on_failure: { destination_arn: expect.stringMatching(/^\$\{aws_sqs_queue\.StreamDeadLetters_/) },
    },
    maximum_retry_attempts: -1,
    maximum_record_age_in_seconds: 3600,
  });
});

test("what is given up on lies in a queue of its own for each that gives up, which says what it is and what to do", () => {
  const destinations = ["aws_lambda_event_source_mapping", "aws_lambda_function_event_invoke_config"].flatMap((type) =>
    Object.values(dev.all(type)).map(
      ({ destination_config }) => /aws_sqs_queue\.(\w+)_[0-9A-F]+\./.exec(JSON.stringify(destination_config))?.[1],
    ),
  );
  expect(destinations.sort()).toEqual([
    "Deletion_DeadLetters",
    "EventDeadLetters",
    "Reconciliation_DeadLetters",
    "Schedules_Failed",
    "StreamDeadLetters",
  ]);
  const meanings = Object.values(dev.all("aws_cloudwatch_metric_alarm")).flatMap(({ dimensions, alarm_description }) =>
    Object(dimensions).QueueName ? [String(alarm_description)] : [],
  );
  expect(meanings).toHaveLength(8);
  expect(new Set(meanings).size).toBe(8);
  const { dead_letters_stream_url, dead_letters_events_url, dead_letters_rule_url } = dev.json.output;
  expect([dead_letters_stream_url, dead_letters_events_url, dead_letters_rule_url].map((one) => one?.value)).toEqual([
    expect.stringContaining("aws_sqs_queue.StreamDeadLetters_"),
    expect.stringContaining("aws_sqs_queue.EventDeadLetters_"),
    expect.stringContaining("aws_sqs_queue.JobStateChanged_DeadLetters_"),
  ]);
});

test("functions and APIs have names that tell them apart", () => {
  const names = (type: string, attribute: string) => Object.values(dev.all(type)).map((one) => one[attribute]);
  const prefix = "armature-dev-connector-framework";
  expect(names("aws_lambda_function", "function_name")).toEqual([
    `${prefix}-api`,
    `${prefix}-deletion-function`,
    `${prefix}-job-status`,
    `${prefix}-orchestrator`,
    `${prefix}-reconciliation-reconciler`,
    `${prefix}-registrar-function`,
    `${prefix}-schedules-starter`,
  ]);
  expect(names("aws_api_gateway_rest_api", "name")).toEqual([`${prefix}-rest-api`]);
  expect(names("aws_cloudwatch_log_group", "name")).toEqual([
    `/aws/lambda/${prefix}-api`,
    `/aws/lambda/${prefix}-deletion-function`,
    `/aws/batch/${prefix}-job-queue`,
    `/aws/lambda/${prefix}-job-status`,
    `/aws/lambda/${prefix}-orchestrator`,
    `/aws/lambda/${prefix}-reconciliation-reconciler`,
    `/aws/lambda/${prefix}-registrar-function`,
    `/aws/apigateway/${prefix}-rest-api`,
    `/aws/lambda/${prefix}-schedules-starter`,
  ]);
});

test("what a stage decides for the system reaches its building blocks", () => {
  const { network, api, batch, quotas } = loadEnvironment("prod").systems["connector-framework"];
  const prod = madeFor("prod");
  expect(prod.one("aws_vpc").cidr_block).toBe(network.cidr);
  expect(Object.keys(prod.all("aws_subnet"))).toHaveLength(2 * network.availabilityZones.length);
  expect(Object.keys(prod.all("aws_flow_log"))).toHaveLength(1);
  expect(prod.one("aws_api_gateway_method_settings").settings).toMatchObject({
    throttling_rate_limit: api.throttling.rate,
    throttling_burst_limit: api.throttling.burst,
  });
  for (const capacity of ["JobQueue_Fargate", "JobQueue_Spot"])
    expect(prod.one("aws_batch_compute_environment", capacity).compute_resources).toMatchObject({
      max_vcpus: batch.maxVcpus,
    });
  expect(prod.one("aws_lambda_function", "Api")).toMatchObject({
    environment: {
      variables: {
        CONNECTOR_QUOTA: String(quotas.connectors),
        JOB_QUOTA: String(quotas.runningJobs),
        CONNECTOR_ROLES: "arn:aws:iam::333333333333:role/connectors/*",
        CONNECTOR_IMAGES: "333333333333.dkr.ecr.eu-central-1.amazonaws.com/*",
      },
    },
  });
});

test("the status function hears of jobs of these queues, and of no other queue's", () => {
  const queues = Object.keys(dev.all("aws_batch_job_queue"));
  expect(parsed(dev.one("aws_cloudwatch_event_rule").event_pattern)).toEqual({
    source: ["aws.batch"],
    "detail-type": ["Batch Job State Change"],
    detail: {
      jobQueue: queues.map((queue) => `\${aws_batch_job_queue.${queue}.arn}`),
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
    Api: allowed("Api").sort(),
    Orchestrator: allowed("Orchestrator").sort(),
    JobStatus: allowed("JobStatus").sort(),
    ScheduledStart: allowed("Schedules_Starter").sort(),
    Deletion: allowed("Deletion_Function").sort(),
    Reconciler: allowed("Reconciliation_Reconciler").sort(),
    Registrar: allowed("Registrar_Function").sort(),
    Scheduler: [allowed("Schedules"), allowed("Reconciliation_Schedule")].flat().sort(),
  }).toMatchSnapshot();
});

test("every stage has the same outputs, each with a description", () => {
  for (const stage of stages) {
    const outputs = madeFor(stage).json.output;
    const { sample_connector_id, sample_connector_images, ...everywhere } = outputs;
    expect([stage, !!sample_connector_id, !!sample_connector_images]).toEqual([
      stage,
      ...Array(2).fill(stage === "local"),
    ]);
    expect(Object.keys(everywhere)).toEqual([
      "api_id",
      "api_url",
      "dashboard",
      "dead_letters_deletions_url",
      "dead_letters_events_url",
      "dead_letters_reconciler_schedule_url",
      "dead_letters_reconciler_url",
      "dead_letters_rule_url",
      "dead_letters_schedules_url",
      "dead_letters_starts_url",
      "dead_letters_stream_url",
      "job_queue_arn",
      "job_queue_spot_arn",
      "log_group_api",
      "log_group_api_access",
      "log_group_deletion",
      "log_group_job_status",
      "log_group_jobs",
      "log_group_orchestrator",
      "log_group_reconciler",
      "log_group_registrar",
      "log_group_scheduled_start",
      "schedule_group",
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
