import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import * as z from "zod";
import {
  containerProperties,
  eventually,
  project,
  type StageProcess,
  scriptedImage,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const synthesized = join(directory.path, "synthesized");
const dataDirectory = join(directory.path, "data");
const home = join(directory.path, "home");
const handled = join(directory.path, "handled");
const apiAnswers = join(directory.path, "api-answers");

/** Goes on when told to end, and says what its surroundings are: variables, and how the stage's API answers. */
const stubborn = scriptedImage(
  directory.path,
  "stubborn",
  `import { appendFileSync } from "node:fs";
   process.title = "armature-job-stubborn";
   process.on("SIGTERM", () => {});
   const { AWS_CONFIG_FILE: config, CUSTOM_CONNECTOR_FRAMEWORK_API_ENDPOINT: url } = process.env;
   const { status } = await fetch(url);
   appendFileSync(${JSON.stringify(apiAnswers)}, JSON.stringify({ config, status }) + "\\n");
   setInterval(() => {}, 1000);`,
);

const block = z.looseObject({});
const stackFile = z.looseObject({
  resource: z.looseObject({
    aws_lambda_function: z.record(z.string(), z.looseObject({ function_name: z.string() })),
    aws_lambda_event_source_mapping: z.record(z.string(), z.looseObject({ function_name: z.string() })),
    aws_lambda_permission: z.record(z.string(), z.looseObject({ function_name: z.string(), principal: z.string() })),
    aws_cloudwatch_event_target: z.record(z.string(), block),
  }),
});

/**
 * Adds a function that takes a minute, which three mappings of the jobs' stream and the jobs' events invoke. It has the
 * orchestrator's role, which may read that stream.
 */
function addSlowFunction(): void {
  const stackDirectory = join(synthesized, "stacks/local-connector-framework");
  const file = join(stackDirectory, "cdk.tf.json");
  const stack = stackFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const { resource } = stack;
  const first = <T>(all: Record<string, T>, where: (one: T) => boolean = () => true): T => {
    const found = Object.values(all).find(where);
    if (found === undefined) throw new Error("the stack has none");
    return found;
  };
  const source = `import { appendFileSync } from "node:fs";
    export const handler = async (event) => {
      appendFileSync(${JSON.stringify(handled)}, (event.Records ? "stream" : "event") + "\\n");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };`;
  writeFileSync(join(stackDirectory, "slow.zip"), zipSync({ "index.mjs": strToU8(source) }));
  const { aws_lambda_function: functions, aws_lambda_event_source_mapping: mappings } = resource;
  const { aws_lambda_permission: permissions, aws_cloudwatch_event_target: targets } = resource;
  const slow = "${aws_lambda_function.Slow.function_name}";
  const isOrchestrator = ({ function_name }: { function_name: string }) => /orchestrator/i.test(function_name);
  const mapping = { ...first(mappings, isOrchestrator), function_name: slow };
  const orchestrator = first(functions, isOrchestrator);
  functions.Slow = { ...orchestrator, function_name: "slow", filename: "slow.zip", timeout: 300 };
  for (const name of ["One", "Two", "Three"]) mappings[name] = mapping;
  const permission = first(permissions, ({ principal }) => principal === "events.amazonaws.com");
  permissions.Slow = { ...permission, function_name: slow };
  targets.Slow = { ...first(targets), arn: "${aws_lambda_function.Slow.arn}" };
  writeFileSync(file, JSON.stringify(stack));
}

const args = [...stubborn.args, "--stacks", synthesized];
const lines = (file: string) => readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n").filter(Boolean);

/** Processes of the machine that have something to do with this stage. */
const left = () =>
  execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(dataDirectory) || line.includes("armature-job-stubborn"));

async function busy(): Promise<void> {
  const all = ["event", "stream", "stream", "stream"];
  const handledBy = async () => lines(handled).sort();
  await eventually(
    handledBy,
    (seen) => JSON.stringify([...new Set(seen)]) === '["event","stream"]' && seen.length >= all.length,
  );
  await eventually(
    async () => lines(apiAnswers),
    (seen) => seen.length > 0,
  );
}

let stage: StageProcess;

beforeAll(async () => {
  const run = (program: string) =>
    execFileSync(join(project, "node_modules/.bin/node"), [program], {
      cwd: project,
      env: { ...process.env, STAGE: "local", CDKTF_OUTDIR: synthesized },
    });
  run("handlers/build.ts");
  run("main.ts");
  addSlowFunction();
  mkdirSync(join(home, ".aws"), { recursive: true });
  writeFileSync(join(home, ".aws", "config"), "[default]\nuse_fips_endpoint = true\n");
  const environment = { HOME: home, AWS_USE_FIPS_ENDPOINT: "true", AWS_PROFILE: "nobody" };
  stage = await startStageProcess({ dataDirectory, args, environment, ownGroup: true });
  const { connector } = await stage.client.call("CreateCustomConnector", {
    name: "stubborn",
    container_properties: containerProperties(stubborn.uri),
  });
  await stage.client.call("StartCustomConnectorJob", { connector_id: connector.connector_id });
  await busy();
}, 90_000);

test("neither the developer's AWS settings nor files reach the stage, its functions or its jobs", () => {
  expect(lines(apiAnswers).map((line) => JSON.parse(line))).toEqual([{ config: "/dev/null", status: 403 }]);
});

test("three slow mappings, an asynchronous event and a job that ignores SIGTERM: all ends in order within 5 s", async () => {
  const since = Date.now();
  const { code, stderr } = await stage.endGroup("SIGTERM");
  expect(Date.now() - since).toBeLessThan(5000);
  expect(stderr).not.toMatch(/DynamoDB|ECONNREFUSED/);
  expect(code).toBe(0);
  expect(left()).toEqual([]);
});

test("after a kill -9 a job that was waiting starts only when the API is served", async () => {
  writeFileSync(apiAnswers, "");
  waitingJobOnDisk();
  stage = await startStageProcess({
    dataDirectory,
    args,
    environment: { PORT: new URL(stage.url).port },
    ownGroup: true,
  });
  await eventually(
    async () => lines(apiAnswers),
    (seen) => seen.length > 0,
  );
  expect(lines(apiAnswers).map((line) => JSON.parse(line).status)).toEqual([403]);
});

test("what does not end in time is named and killed, and the exit code is 1", async () => {
  writeFileSync(handled, "");
  const dynamoDb = left().find((line) => line.includes("dynamodb/server.ts"));
  process.kill(Number(dynamoDb?.trim().split(" ")[0]), "SIGSTOP");
  const since = Date.now();
  const { code, stderr } = await stage.endGroup("SIGHUP");
  expect(Date.now() - since).toBeLessThan(5500);
  expect(stderr).toMatch(/armature: not ended within 4\.5 s, and killed: (event sources|DynamoDB)/);
  expect(code).toBe(1);
  await eventually(
    async () => left(),
    (found) => found.length === 0,
  );
}, 60_000);

/** The job of before, as a stage leaves it that was killed while the job waited. */
function waitingJobOnDisk(): void {
  const folder = join(dataDirectory, "batch", "jobs");
  const [name = ""] = execFileSync("ls", [folder], { encoding: "utf8" }).split("\n");
  const job = JSON.parse(readFileSync(join(folder, name), "utf8"));
  const { computeEnvironment: _, process: __, ...rest } = job;
  const { taskArn: ___, logStreamName: ____, ...container } = job.detail.container;
  const detail = { ...job.detail, container, status: "RUNNABLE" };
  writeFileSync(join(folder, name), JSON.stringify({ ...rest, detail }));
}
