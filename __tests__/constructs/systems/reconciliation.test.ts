import { JobQueue } from "../../../constructs/batch/index.ts";
import { Network } from "../../../constructs/network/index.ts";
import { Reconciliation } from "../../../constructs/systems/connector-framework/reconciliation.ts";
import { string, Table } from "../../../constructs/table/index.ts";
import { networkProps, synthesize } from "../synth.ts";

const made = synthesize((stack) => {
  const connectors = new Table(stack, "Connectors", {
    partitionKey: string("tenant"),
    indexes: {
      InUse: { partitionKey: string("current_job_id"), projection: "keys-only" },
      Deletions: { partitionKey: string("deletion_requested_at"), projection: "keys-only" },
    },
  });
  const jobs = new Table(stack, "Jobs", {
    partitionKey: string("tenant"),
    indexes: {
      ByJobId: { partitionKey: string("job_id"), projection: "keys-only" },
      Open: { partitionKey: string("open_since"), projection: "keys-only" },
    },
  });
  const jobQueue = new JobQueue(stack, "JobQueue", {
    network: new Network(stack, "Network", networkProps),
    maxVcpus: 16,
    spot: true,
    stuckSeconds: 1200,
    jobs: { namePrefix: "ccj-", tag: "job_id", rolePath: "/connectors/" },
  });
  new Reconciliation(stack, "Reconciliation", { connectors, jobs, jobQueue, waitSeconds: 7200 });
});

test("the reconciler runs every five minutes, and is over before the next", () => {
  expect(made.one("aws_scheduler_schedule")).toMatchObject({
    schedule_expression: "rate(5 minutes)",
    target: { retry_policy: { maximum_event_age_in_seconds: 300 } },
  });
  const { timeout, ...reconciler } = made.one("aws_lambda_function");
  expect(Number(timeout)).toBeLessThan(300);
  expect(reconciler).toMatchObject({
    environment: {
      variables: expect.objectContaining({
        WAITING_LIMIT_SECONDS: "7200",
        METRICS_SERVICE: "armature-dev-shop",
        JOB_QUEUE: expect.stringMatching(/^\$\{aws_batch_job_queue\.JobQueue_(?!Spot)\w+\.arn\}$/),
        SPOT_JOB_QUEUE: expect.stringMatching(/^\$\{aws_batch_job_queue\.JobQueue_Spot_\w+\.arn\}$/),
      }),
    },
  });
});

test("a run that fails is not repeated but kept, and an alarm sounds", () => {
  expect(made.one("aws_lambda_function_event_invoke_config")).toMatchObject({
    maximum_retry_attempts: 0,
    destination_config: {
      on_failure: { destination: expect.stringContaining("aws_sqs_queue.Reconciliation_DeadLetters_") },
    },
  });
  expect(made.one("aws_cloudwatch_metric_alarm", "Reconciliation_DeadLetters")).toMatchObject({ threshold: 1 });
});

test("an alarm sounds for any repair in an hour, and for jobs that wait longer than what stands at the head of its queue should", () => {
  const ours = { namespace: "Armature/ConnectorFramework", dimensions: { service: "armature-dev-shop" } };
  expect(made.one("aws_cloudwatch_metric_alarm", "Reconciliation_Repairs")).toMatchObject({
    ...ours,
    ...{ metric_name: "Repairs", statistic: "Sum", threshold: 1, period: 3600 },
  });
  expect(made.one("aws_cloudwatch_metric_alarm", "Reconciliation_Waiting")).toMatchObject({
    ...ours,
    ...{ metric_name: "OldestRunnableSeconds", statistic: "Maximum", threshold: 1200 },
  });
});

test("the reconciler may do exactly what it does", () => {
  const rights = made
    .statements("Reconciliation_Reconciler_Role")
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${[Resource].flat().join(" ")}`))
    .map((right) => right.replaceAll(/\$\{(aws_\w+)\.(\w+?)_[0-9A-F]{8}\.arn\}/g, "$1.$2"))
    .sort();
  expect(rights).toEqual([
    "batch:DeregisterJobDefinition on arn:aws:batch:eu-central-1:111111111111:job-definition/ccj-*",
    "batch:DescribeJobDefinitions on *",
    "batch:DescribeJobs on *",
    "batch:ListJobs on *",
    "batch:TerminateJob on arn:aws:batch:eu-central-1:111111111111:job/*",
    "dynamodb:ConditionCheckItem on aws_dynamodb_table.Jobs",
    "dynamodb:GetItem on aws_dynamodb_table.Jobs",
    "dynamodb:Query on aws_dynamodb_table.Jobs/index/ByJobId",
    "dynamodb:Scan on aws_dynamodb_table.Connectors/index/Deletions",
    "dynamodb:Scan on aws_dynamodb_table.Connectors/index/InUse",
    "dynamodb:Scan on aws_dynamodb_table.Jobs/index/Open",
    "dynamodb:UpdateItem on aws_dynamodb_table.Connectors",
    "dynamodb:UpdateItem on aws_dynamodb_table.Jobs",
    expect.stringMatching(/^logs:CreateLogStream on /),
    expect.stringMatching(/^logs:PutLogEvents on /),
    "sqs:SendMessage on aws_sqs_queue.Reconciliation_DeadLetters",
    "xray:PutTelemetryRecords on *",
    "xray:PutTraceSegments on *",
  ]);
});
