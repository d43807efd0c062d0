import { createHash } from "node:crypto";
import { NodeFunction, type NodeFunctionProps } from "../../constructs/function/index.ts";
import { variableProblems } from "../../constructs/function/variables.ts";
import { DeadLetterQueue } from "../../constructs/queue/index.ts";
import { SystemStack } from "../../constructs/system-stack/index.ts";
import { environmentOf, synthesize, synthesizeApp } from "./synth.ts";

type Props = NodeFunctionProps<"connector-framework/job-status">;

const environment = { CONNECTORS_TABLE: "connectors", JOBS_TABLE: "jobs", METRICS_SERVICE: "shop" };
const least: Props = {
  handler: "connector-framework/job-status",
  description: "Follows jobs",
  timeoutSeconds: 20,
  environment,
};

const fn = (props: Partial<Props> = {}) =>
  synthesize((stack) => new NodeFunction(stack, "Follower", { ...least, ...props }));

test("every prop is in the resources", () => {
  const made = synthesize((stack) => {
    const everything: Required<Props> = {
      ...least,
      memoryMib: 1024,
      reservedConcurrency: 7,
      onFailure: new DeadLetterQueue(stack, "Failed", { meaning: "Look." }),
      maxAsyncRetries: 1,
    };
    new NodeFunction(stack, "Follower", everything);
  });
  const [id] = Object.keys(made.all("aws_lambda_function"));
  const [queue] = Object.keys(made.all("aws_sqs_queue"));
  const [role] = Object.keys(made.all("aws_iam_role"));
  const [logs] = Object.keys(made.all("aws_cloudwatch_log_group"));
  expect(made.one("aws_lambda_function")).toEqual({
    function_name: "armature-dev-shop-follower",
    description: "Follows jobs",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    handler: "index.handler",
    role: `\${aws_iam_role.${role}.arn}`,
    timeout: 20,
    memory_size: 1024,
    reserved_concurrent_executions: 7,
    environment: { variables: { ...environment, NODE_OPTIONS: "--enable-source-maps" } },
    logging_config: {
      log_format: "JSON",
      application_log_level: "INFO",
      system_log_level: "WARN",
      log_group: `\${aws_cloudwatch_log_group.${logs}.name}`,
    },
    tracing_config: { mode: "Active" },
    filename: expect.stringMatching(/^assets\/[^/]+\/[0-9A-F]{32}\/job-status\.zip$/),
    source_code_hash: createHash("sha256").update("the bundle of connector-framework/job-status").digest("base64"),
    depends_on: [
      expect.stringMatching(/^aws_iam_role_policy\.Follower_Role_WriteToFollowerLogs_/),
      expect.stringMatching(/^aws_iam_role_policy\.Follower_Role_WriteTraces_/),
    ],
  });
  expect(made.one("aws_lambda_function_event_invoke_config")).toMatchObject({
    function_name: `\${aws_lambda_function.${id}.function_name}`,
    maximum_retry_attempts: 1,
    destination_config: { on_failure: { destination: `\${aws_sqs_queue.${queue}.arn}` } },
  });
  expect(made.one("aws_cloudwatch_log_group").name).toBe("/aws/lambda/armature-dev-shop-follower");
});

test("a function that says little of itself may log and trace, nothing else, and is not invoked asynchronously", () => {
  const made = fn();
  expect(made.one("aws_lambda_function")).toMatchObject({ memory_size: 512 });
  expect(made.one("aws_lambda_function")).not.toHaveProperty("reserved_concurrent_executions");
  expect(made.all("aws_lambda_function_event_invoke_config")).toEqual({});
  expect(made.statements().map(({ Action }) => Action)).toEqual([
    ["logs:CreateLogStream", "logs:PutLogEvents"],
    ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  ]);
});

test("two functions of one handler are two: each has a name, a role and logs of its own", () => {
  const made = synthesize((stack) => {
    new NodeFunction(stack, "Follower", least);
    new NodeFunction(stack, "Second", least);
  });
  const names = (type: string, attribute: string) => Object.values(made.all(type)).map((one) => one[attribute]);
  expect(names("aws_lambda_function", "function_name")).toEqual([
    "armature-dev-shop-follower",
    "armature-dev-shop-second",
  ]);
  expect(names("aws_cloudwatch_log_group", "name")).toEqual([
    "/aws/lambda/armature-dev-shop-follower",
    "/aws/lambda/armature-dev-shop-second",
  ]);
  expect(names("aws_iam_role", "name")).toEqual(["armature-dev-shop-follower-role", "armature-dev-shop-second-role"]);
});

test("an alarm sounds at the first of its throttles, and when one of twenty invocations fails", () => {
  const alarm = (metric: string) => fn().one("aws_cloudwatch_metric_alarm", `Follower_${metric}`);
  expect(alarm("Throttles")).toMatchObject({
    namespace: "AWS/Lambda",
    metric_name: "Throttles",
    statistic: "Sum",
    threshold: 1,
  });
  expect(alarm("Errors")).toMatchObject({
    metric_query: [
      { id: "part", metric: { namespace: "AWS/Lambda", metric_name: "Errors", stat: "Sum" } },
      { id: "whole", metric: { namespace: "AWS/Lambda", metric_name: "Invocations", stat: "Sum" } },
      { id: "share", return_data: true },
    ],
    threshold: 5,
  });
});

test("it logs as much as its stage says", () => {
  const made = synthesize((stack) => new NodeFunction(stack, "Follower", least), { logLevel: "DEBUG" });
  expect(made.one("aws_lambda_function").logging_config).toMatchObject({ application_log_level: "DEBUG" });
});

test.each<[string, Partial<Props>, string]>([
  ["description is too long", { description: "a".repeat(257) }, "description has 257 characters"],
  ["timeoutSeconds is 0", { timeoutSeconds: 0 }, "timeoutSeconds is 0"],
  ["timeoutSeconds is over 15 minutes", { timeoutSeconds: 901 }, "timeoutSeconds is 901"],
  ["memoryMib is under 128", { memoryMib: 127 }, "memoryMib is 127"],
  ["reservedConcurrency is negative", { reservedConcurrency: -1 }, "reservedConcurrency is -1"],
  ["maxAsyncRetries has no onFailure", { maxAsyncRetries: 1 }, "maxAsyncRetries is set, but onFailure is not"],
  ["maxAsyncRetries is 3", { maxAsyncRetries: 3 }, "maxAsyncRetries is 3"],
  ["environment is too large", { environment: { ...environment, JOBS_TABLE: "a".repeat(4096) } }, "environment has 42"],
])("fails when %s", (_, props, problem) => {
  expect(() => fn(props)).toThrow(`dev-shop/Follower: ${problem}`);
});

test.each([
  ["is no text", { TIMES: 3 }, "environment.TIMES is number, but variables are text"],
  ["is Lambda's own", { AWS_REGION: "eu" }, "environment.AWS_REGION is reserved by Lambda"],
  ["is no name", { "A-B": "" }, "environment.A-B must be letters, digits and underscores"],
])("a variable is refused that %s", (_, variables, problem) => {
  const broken = variableProblems(variables).filter(([broken]) => broken);
  expect(broken.map(([, said]) => said)).toEqual([problem]);
});

test("a variable that is undefined is not set, and breaks no rule", () => {
  expect(variableProblems({ MAYBE: undefined }).some(([broken]) => broken)).toBe(false);
});

test("fails when the bundle is missing, naming it and the command that makes it", () => {
  const synth = () =>
    synthesizeApp(environmentOf(), ({ app, environment }) => {
      const stack = new SystemStack(app, "shop", { environment, bundles: "/nowhere" });
      new NodeFunction(stack, "Follower", least);
      return stack.node;
    });
  expect(synth).toThrow("dist/handlers/connector-framework/job-status.zip is missing: run npm run build");
});

test("its variables are those its handler declares", () => {
  // @ts-expect-error JOBS_TABLE is forgotten
  const forgotten: Props["environment"] = { CONNECTORS_TABLE: "connectors" };
  // @ts-expect-error the handler never reads DOCUMENTS_TABLE
  const superfluous: Props["environment"] = { ...environment, DOCUMENTS_TABLE: "documents" };
  expect([forgotten, superfluous]).toHaveLength(2);
});
