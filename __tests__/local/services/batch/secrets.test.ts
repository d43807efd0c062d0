import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ContainerProperties, JobDetail } from "@aws-sdk/client-batch";
import { CreateSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { secretLookup } from "../../../../local/services/batch/container-secrets.ts";
import { startJobProcess } from "../../../../local/services/batch/job-process.ts";
import { filesBelow, secretStores } from "../secret-stores.ts";
import { type TestBatch, testBatch } from "./support.ts";

const executionRole = "arn:aws:iam::000000000000:role/execution";
const parameterArn = "arn:aws:ssm:eu-west-1:000000000000:parameter/team/token";

let stores: Awaited<ReturnType<typeof secretStores>>;
let batch: TestBatch;
const askedWith = new Set<string>();
beforeEach(async () => {
  stores = await secretStores();
  const { secretsManager, ssm } = stores;
  const secrets = secretLookup((executionRoleArn) => {
    askedWith.add(executionRoleArn);
    return { secretsManager, ssm };
  });
  batch = await testBatch({ dataDirectory: join(stores.directory, "batch"), secrets });
});
afterEach(async () => {
  await batch[Symbol.asyncDispose]();
  await stores[Symbol.asyncDispose]();
});

const createSecret = async (Name: string, SecretString: string) =>
  (await stores.secretsManager.send(new CreateSecretCommand({ Name, SecretString }))).ARN ?? "";
const putParameter = (Name: string, Value: string) =>
  stores.ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));

async function runWith(secrets: ContainerProperties["secrets"], script: string, more: ContainerProperties = {}) {
  await batch.register({ containerProperties: { command: [script], secrets, ...more } });
  return batch.ended(await batch.submit());
}

test("a job gets a secret and a parameter; their values are nowhere below the data directory but in their stores", async () => {
  const values = { SECRET: 'seven $ail\'s "in" a\nstorm', PARAMETER: "p4rameter-value" };
  const secretArn = await createSecret("team/secret", values.SECRET);
  await putParameter("/team/token", values.PARAMETER);
  const script = `node -p 'require("node:crypto").createHash("sha256").update(process.env.SECRET+process.env.PARAMETER).digest("hex")'`;
  const job = await runWith(
    [
      { name: "SECRET", valueFrom: secretArn },
      { name: "PARAMETER", valueFrom: parameterArn },
    ],
    script,
  );
  const expected = createHash("sha256")
    .update(values.SECRET + values.PARAMETER)
    .digest("hex");
  expect(batch.output(job)).toContain(expected);
  expect(job.container?.secrets).toEqual([
    { name: "SECRET", valueFrom: secretArn },
    { name: "PARAMETER", valueFrom: parameterArn },
  ]);
  expect([...askedWith]).toEqual([executionRole]);

  const told = JSON.stringify([await batch.describe(job.jobId ?? ""), batch.events, batch.log]);
  for (const value of Object.values(values)) {
    const written = JSON.stringify(value).slice(1, -1);
    expect(told).not.toContain(written);
    const holders = filesBelow(stores.directory).filter(({ text }) => text.includes(value) || text.includes(written));
    expect(holders.map(({ path }) => path.slice(stores.directory.length + 1).split("/")[0])).toEqual([
      value === values.SECRET ? "secrets-manager" : "ssm",
    ]);
  }
});

test("no value stands among the arguments of a process, which everybody may read", async () => {
  const logFile = join(stores.directory, "log");
  const job = await startJobProcess({
    argv: ["/bin/sh", "-c", 'echo "$TOKEN $OPEN"'],
    ...{ cwd: "/", environment: { OPEN: "0pen", TOKEN: "image's" }, secrets: { TOKEN: "s3cret" } },
    ...{ logFile, now: Date.now, log: () => undefined },
  });
  const { stdout: commandLine } = await promisify(execFile)("ps", ["-o", "args=", "-p", String(job.process.pid)]);
  expect(commandLine).toContain("OPEN=0pen");
  expect(commandLine).not.toContain("s3cret");
  job.release();
  expect(await job.exited).toBe(0);
  expect(readFileSync(logFile, "utf8")).toMatch(/Z s3cret 0pen\n$/);
});

test("one key, one stage and one version of a secret can be asked for", async () => {
  const ClientRequestToken = "v".repeat(32);
  const arn = await createSecret("db", JSON.stringify({ user: "old", port: 1 }));
  await stores.secretsManager.send(
    new PutSecretValueCommand({
      SecretId: arn,
      SecretString: JSON.stringify({ user: "new", port: 5432 }),
      ClientRequestToken,
    }),
  );
  const job = await runWith(
    [
      { name: "WHOLE", valueFrom: arn },
      { name: "KEY", valueFrom: `${arn}:user::` },
      { name: "NUMBER", valueFrom: `${arn}:port::` },
      { name: "PREVIOUS", valueFrom: `${arn}:user:AWSPREVIOUS:` },
      { name: "VERSION", valueFrom: `${arn}:user::${ClientRequestToken}` },
    ],
    'echo "$WHOLE|$KEY|$NUMBER|$PREVIOUS|$VERSION"',
  );
  expect(batch.output(job)).toContain('{"user":"new","port":5432}|new|5432|old|new\n');
});

test("a parameter can be named as well; a secret goes over the image's variables and leaves the rest as it was", async () => {
  await putParameter("/team/token", "from the store");
  const job = await runWith(
    [
      { name: "FROM_IMAGE", valueFrom: "/team/token" },
      { name: "_UNDER", valueFrom: parameterArn },
    ],
    "env",
    { image: "any" },
  );
  const lines = batch.output(job).split("\n");
  const variables = lines.filter(Boolean).map((line) => line.slice(line.indexOf(" ") + 1));
  expect(variables).toContain("FROM_IMAGE=from the store");
  expect(variables).toContain("_UNDER=from the store");
  expect(variables.map((variable) => variable.split("=")[0]).sort()).toEqual(
    [
      ...["AWS_BATCH_CE_NAME", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JOB_ID", "AWS_BATCH_JQ_NAME"],
      ...["FROM_IMAGE", "HOME", "PATH", "SHADOWED", "_UNDER"],
    ].sort(),
  );
});

const unable =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";
const asm = `${unable}unable to retrieve secret from asm: service call has been retried 1 time(s): `;
const missing = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:none-AbCdEf";

function expectNotStarted(job: JobDetail, statusReason: string): void {
  expect(job).toMatchObject({ status: "FAILED", statusReason, attempts: [{ statusReason }] });
  expect(job.attempts?.[0]?.container).toEqual({ networkInterfaces: [] });
  expect(job.container).not.toHaveProperty("exitCode");
  expect(job).not.toHaveProperty("startedAt");
}

test("a secret that is not there ends the attempt before anything runs, in ECS's words", async () => {
  const job = await runWith([{ name: "S", valueFrom: missing }], "exit 0");
  const problem = "ResourceNotFoundException: Secrets Manager can't find the specified secret.";
  expectNotStarted(job, `${asm}failed to fetch secret ${missing} from secrets manager: ${problem}`);
  expect(batch.statuses(job.jobId ?? "")).toEqual(["RUNNABLE", "STARTING", "FAILED"]);
});

test("a parameter that is not there is named", async () => {
  const job = await runWith([{ name: "P", valueFrom: parameterArn }], "exit 0");
  const ssm = "unable to retrieve secrets from ssm: service call has been retried 1 time(s): ";
  expectNotStarted(job, `${unable}${ssm}invalid ssm parameters: ${parameterArn}`);
});

test("a key that is not in a secret, and a secret that has none, are told without the value", async () => {
  const object = await createSecret("object", '{"user":"s3cret"}');
  const text = await createSecret("text", "s3cret text");
  for (const key of ["password", "toString"])
    expectNotStarted(
      await runWith([{ name: "S", valueFrom: `${object}:${key}::` }], "exit 0"),
      `${asm}retrieved secret from Secrets Manager did not contain json key ${key}`,
    );
  const job = await runWith([{ name: "S", valueFrom: `${text}:password::` }], "exit 0");
  expectNotStarted(job, `${asm}the secret is no JSON object`);
});

test("a secret of the name of a variable refuses the task, also when the variable comes with the job", async () => {
  await putParameter("/team/token", "value");
  await batch.register({ containerProperties: { secrets: [{ name: "TOKEN", valueFrom: parameterArn }] } });
  const environment = [{ name: "TOKEN", value: "mine" }];
  const job = await batch.ended(await batch.submit({ containerOverrides: { environment } }));
  expectNotStarted(
    job,
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'TOKEN'.",
  );
});

test("each attempt reads its secrets anew", async () => {
  let reads = 0;
  await using other = await testBatch({
    async secrets() {
      reads += 1;
      if (reads === 1) throw new Error("not yet");
      return "value";
    },
  });
  const secrets = [{ name: "TOKEN", valueFrom: parameterArn }];
  await other.register({
    containerProperties: { command: ["echo $TOKEN"], secrets },
    retryStrategy: {
      attempts: 2,
      evaluateOnExit: [
        { onStatusReason: "ResourceInitializationError*", action: "RETRY" },
        { onReason: "*", action: "EXIT" },
      ],
    },
  });
  const job = await other.ended(await other.submit());
  expect(job).toMatchObject({
    status: "SUCCEEDED",
    attempts: [{ statusReason: `${unable}not yet` }, { container: { exitCode: 0 } }],
  });
  expect(other.events.at(-1)?.detail.attempts).toEqual(job.attempts);
  expect(other.output(job)).toContain("value");
});

test("a lookup that never answers holds up neither a stop nor the next start", async () => {
  const first = await testBatch({ keep: true, secrets: () => new Promise(() => undefined) });
  await first.register({ containerProperties: { secrets: [{ name: "TOKEN", valueFrom: parameterArn }] } });
  const jobId = await first.submit({ retryStrategy: { attempts: 2 } });
  await first.when(jobId, "STARTING");
  await first[Symbol.asyncDispose]();
  await using second = await testBatch({ dataDirectory: first.directory, secrets: async () => "value" });
  expect((await second.ended(jobId)).status).toBe("SUCCEEDED");
});
