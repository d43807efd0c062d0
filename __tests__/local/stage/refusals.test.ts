import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import {
  accountId,
  containerProperties,
  project,
  region,
  runStage,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

const directory = temporaryDirectory();
const synthesized = join(directory.path, "synthesized");
afterAll(() => directory.remove());

beforeAll(() => {
  const run = (program: string) =>
    execFileSync(join(project, "node_modules/.bin/node"), [program], {
      cwd: project,
      env: { ...process.env, STAGE: "local", CDKTF_OUTDIR: synthesized },
    });
  run("handlers/build.ts");
  run("main.ts");
});

const stackFile = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});
type StackFile = z.output<typeof stackFile>;

/** The synthesized tree with one thing wrong in it. */
function damaged(name: string, damage: (stack: StackFile) => void): string[] {
  const stacks = join(directory.path, name);
  cpSync(synthesized, stacks, { recursive: true });
  const file = join(stacks, "stacks/local-connector-framework/cdk.tf.json");
  const stack = stackFile.parse(JSON.parse(readFileSync(file, "utf8")));
  damage(stack);
  writeFileSync(file, JSON.stringify(stack));
  return ["--stacks", stacks];
}

const only = (stack: StackFile, type: string) => {
  const [body] = Object.values(stack.resource[type] ?? {});
  if (!body) throw new Error(`the stack has no ${type}`);
  return body;
};

/** Takes a policy from every role that has it. */
const withoutPolicy = (stack: StackFile, name: string) => {
  const policies = stack.resource.aws_iam_role_policy ?? {};
  for (const [id, policy] of Object.entries(policies)) if (policy.name === name) delete policies[id];
};

test.each<[string, (stack: StackFile) => void, string | RegExp]>([
  [
    "a type of resource it does not know",
    (stack) => {
      stack.resource.aws_kinesis_stream = { Numbers: { name: "numbers" } };
    },
    "the local stage does not know aws_kinesis_stream",
  ],
  [
    "a reference to what is not there",
    (stack) => {
      only(stack, "aws_cloudwatch_event_target").arn = "${aws_lambda_function.Nobody.arn}";
    },
    "refers to aws_lambda_function.Nobody, which the stack does not have",
  ],
  [
    "an expression that is more than references",
    (stack) => {
      only(stack, "aws_sqs_queue").name = '${format("%s", "a")}';
    },
    "is not a plain reference",
  ],
  [
    "a rule whose function gives no permission",
    (stack) => {
      const permissions = stack.resource.aws_lambda_permission ?? {};
      for (const [id, { principal }] of Object.entries(permissions))
        if (principal === "events.amazonaws.com") delete permissions[id];
    },
    /rule \S+ may not invoke \S+: the stack gives it no permission/,
  ],
  [
    "a function whose role trusts somebody else",
    (stack) => {
      const role = only(stack, "aws_iam_role");
      role.assume_role_policy = String(role.assume_role_policy).replace("lambda.amazonaws.com", "ec2.amazonaws.com");
    },
    "The role defined for the function cannot be assumed by Lambda.",
  ],
  [
    "a function whose role does not let it write traces",
    (stack) => withoutPolicy(stack, "write-traces"),
    /the role of function \S+ does not allow xray:PutTelemetryRecords on \*, xray:PutTraceSegments on \*/,
  ],
  [
    "a function whose role does not let it read its stream",
    (stack) => withoutPolicy(stack, "consume-jobs"),
    /the role of function \S+-orchestrator does not allow dynamodb:DescribeStream on arn:\S+\/stream\/\S+, /,
  ],
  [
    "a policy with a condition it does not know",
    (stack) => {
      const policy = only(stack, "aws_iam_role_policy");
      policy.policy = String(policy.policy).replace(
        '"Effect"',
        '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}},"Effect"',
      );
    },
    /policy \S+ of role \S+: \S+: Condition\.DateGreaterThan\.aws:CurrentTime: the condition operator DateGreaterThan is not known/,
  ],
  [
    "a policy of AWS given to a role",
    (stack) => {
      const policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess";
      stack.resource.aws_iam_role_policy_attachment = {
        Too: { role: String(only(stack, "aws_iam_role").name), policy_arn },
      };
    },
    "AdministratorAccess is no policy of this stage, and those of AWS are not known here",
  ],
  [
    "a table that is not on demand",
    (stack) => {
      only(stack, "aws_dynamodb_table").billing_mode = "PROVISIONED";
    },
    "billing_mode: only on-demand tables are made on this machine",
  ],
  [
    "a data source",
    (stack) => {
      stack.data = { aws_caller_identity: { Me: {} } };
    },
    "has the data source aws_caller_identity, which cannot be asked on this machine",
  ],
])("a stack with %s does not start, in one line that says so", async (name, damage, message) => {
  const dataDirectory = join(directory.path, `data of ${name}`);
  const { code, stderr } = await runStage({ dataDirectory, args: damaged(name, damage) });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^armature: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});

test("an API whose function gives it no permission answers 500, as API Gateway does", async () => {
  const args = damaged("api-permission", (stack) => {
    const permissions = stack.resource.aws_lambda_permission ?? {};
    for (const [id, { principal }] of Object.entries(permissions))
      if (principal === "apigateway.amazonaws.com") delete permissions[id];
  });
  const stage = await startStageProcess({ dataDirectory: join(directory.path, "forbidden"), args });
  try {
    await expect(stage.client.call("ListCustomConnectors", {})).rejects.toMatchObject({
      status: 500,
      errorType: "InternalServerError",
    });
  } finally {
    await stage.end("SIGTERM");
  }
});

test("a function does what its role allows, and is told in AWS's words what it does not", async () => {
  const args = damaged("role", (stack) => {
    for (const [id, policy] of Object.entries(stack.resource.aws_iam_role_policy ?? {}))
      if (id.startsWith("Api_")) policy.policy = String(policy.policy).replace('"dynamodb:PutItem",', "");
  });
  const dataDirectory = join(directory.path, "denied");
  const stage = await startStageProcess({ dataDirectory, args });
  try {
    await stage.client.call("ListCustomConnectors", {});
    const input = {
      name: "denied",
      container_properties: containerProperties(`${accountId}.dkr.ecr.${region}.amazonaws.com/a:1`),
    };
    await expect(stage.client.callUnchecked("CreateCustomConnector", input)).rejects.toMatchObject({ status: 500 });
  } finally {
    await stage.end("SIGTERM");
  }
  const log = readFileSync(join(dataDirectory, "logs/aws/lambda/armature-local-connector-framework-api.log"), "utf8");
  expect(log).toMatch(
    /User: arn:aws:sts::000000000000:assumed-role\/\S+\/\S+-api is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table\/\S+-connectors because no identity-based policy allows the dynamodb:PutItem action/,
  );
});

test("an option that is none", async () => {
  const result = await runStage({ dataDirectory: join(directory.path, "none"), args: ["--frehs"] });
  expect(result).toMatchObject({ code: 1, stderr: "armature: Unknown option '--frehs' (npm start -- --help)\n" });
});

test("stacks that are not there, and --fresh then empties nothing", async () => {
  const dataDirectory = join(directory.path, "no-stacks");
  mkdirSync(join(dataDirectory, "dynamodb"), { recursive: true });
  writeFileSync(join(dataDirectory, "dynamodb", "precious"), "");
  const args = ["--fresh", "--stacks", join(directory.path, "nowhere")];
  const { code, stderr } = await runStage({ dataDirectory, args });
  expect(code).toBe(1);
  expect(existsSync(join(dataDirectory, "dynamodb", "precious"))).toBe(true);
  expect(stderr).toMatch(/^armature: \S+manifest\.json is missing: run npm run synth\n$/);
});

describe("data that is damaged stops the start in one line, and is left as it is", () => {
  const damages: [string, (data: string) => string, RegExp][] = [
    ["DynamoDB's", (data) => join(data, "dynamodb", "CURRENT"), /dynamodb.*--fresh/],
    ["SQS's", (data) => join(data, "sqs", "fauxqs.db"), /\/sqs cannot be opened.*--fresh/],
    [
      "Batch's",
      (data) => join(data, "batch", "job-queues", first(join(data, "batch", "job-queues"))),
      /job-queues\/.*remove.*--fresh/,
    ],
    [
      "a checkpoint",
      (data) => join(data, "checkpoints", first(join(data, "checkpoints"))),
      /checkpoints\/.*remove.*--fresh/,
    ],
    [
      "a schedule",
      (data) => join(data, "scheduler", "schedules", first(join(data, "scheduler", "schedules"))),
      /schedules\/.*remove.*--fresh/,
    ],
    [
      "what schedules the stacks had",
      (data) => join(data, "scheduler", "declared.json"),
      /declared\.json.*remove.*--fresh/,
    ],
    [
      "an asynchronous event",
      (data) => {
        const file = join(data, "events", "entry.json");
        writeFileSync(file, "");
        return file;
      },
      /events\/entry\.json.*remove.*--fresh/,
    ],
  ];
  const first = (folder: string) => {
    const [file] = readdirSync(folder);
    if (!file) throw new Error(`${folder} is empty`);
    return file;
  };
  const data = join(directory.path, "kept");

  beforeAll(async () => {
    const stage = await startStageProcess({ dataDirectory: data, args: ["--stacks", synthesized] });
    await stage.client.call("ListCustomConnectors", {});
    await stage.end("SIGTERM");
  });

  test.each(damages)("%s", async (name, fileIn, message) => {
    const copy = join(directory.path, `damaged ${name}`);
    mkdirSync(copy);
    cpSync(data, copy, { recursive: true });
    const file = fileIn(copy);
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, "{ this is not it");
    const { code, stderr } = await runStage({ dataDirectory: copy, args: ["--stacks", synthesized] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^armature: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(readFileSync(file, "utf8")).toBe("{ this is not it");
  });
});
