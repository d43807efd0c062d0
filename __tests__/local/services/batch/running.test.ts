import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIdentity } from "../../../../local/processes/process-identity.ts";
import { arn, manualClock, testBatch, until } from "./support.ts";

const plainFile = join(import.meta.dirname, "support.ts");

test("a job that exits with 0 goes through the states in order and has succeeded", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run("exit 0", { jobName: "good" });
  const job = await batch.ended(jobId);
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]);
  expect(job).toMatchObject({ status: "SUCCEEDED", statusReason: "Essential container in task exited" });
  expect(job.container).toMatchObject({ exitCode: 0 });
  expect(job.attempts).toHaveLength(1);
  expect(job.startedAt).toBeGreaterThanOrEqual(job.createdAt ?? Number.NaN);
  expect(job.stoppedAt).toBeGreaterThanOrEqual(job.startedAt ?? Number.NaN);
});

test("each event has the documented shape and the job as it was then", async () => {
  await using batch = await testBatch({ clock: manualClock(1_800_000_000_123) });
  const jobId = await batch.run("exit 7", {
    jobName: "ccj-1",
    tags: { team: "a" },
    timeout: { attemptDurationSeconds: 60 },
    containerOverrides: { environment: [{ name: "X", value: "1" }] },
  });
  const job = await batch.ended(jobId);
  expect(batch.events[0]).toEqual({
    version: "0",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    "detail-type": "Batch Job State Change",
    source: "aws.batch",
    account: "000000000000",
    time: "2027-01-15T08:00:00Z",
    region: "eu-west-1",
    resources: [arn(`job/${jobId}`)],
    detail: {
      jobArn: arn(`job/${jobId}`),
      jobName: "ccj-1",
      jobId,
      jobQueue: arn("job-queue/queue"),
      status: "RUNNABLE",
      attempts: [],
      createdAt: 1_800_000_000_123,
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      dependsOn: [],
      jobDefinition: arn("job-definition/definition:1"),
      parameters: {},
      timeout: { attemptDurationSeconds: 60 },
      container: {
        image: "shell",
        command: ["exit 7"],
        executionRoleArn: "arn:aws:iam::000000000000:role/execution",
        volumes: [],
        environment: [{ name: "X", value: "1" }],
        mountPoints: [],
        ulimits: [],
        networkInterfaces: [],
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "2048" },
        ],
        secrets: [],
      },
      tags: { resourceArn: arn(`job/${jobId}`), team: "a" },
      propagateTags: false,
      platformCapabilities: ["FARGATE"],
    },
  });
  const { tags, ...last } = batch.events.at(-1)?.detail ?? {};
  expect(JSON.parse(JSON.stringify({ ...last, tags: { team: "a" } }))).toEqual(job);
  expect(tags).toHaveProperty("resourceArn");
  expect(last).toMatchObject({
    status: "FAILED",
    attempts: [{ container: { exitCode: 7 }, startedAt: 1_800_000_000_123, stoppedAt: 1_800_000_000_123 }],
  });
  expect(new Set(batch.events.map(({ id }) => id)).size).toBe(4);
});

test("stdout and stderr go to the attempt's log stream, each line behind its time", async () => {
  await using batch = await testBatch();
  const job = await batch.ended(await batch.run("echo one; echo two >&2; printf unfinished"));
  expect(job.container?.logStreamName).toMatch(/^definition\/default\/[0-9a-f]{32}$/);
  const lines = batch.output(job).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (one|two|unfinished)$/);
  expect(batch.batch.logFile(`other/default/${job.container?.logStreamName?.slice(-32)}`)).toBeUndefined();
  expect(batch.batch.logFile("definition/default/../../jobs")).toBeUndefined();
});

test("awslogs-stream-prefix comes first in the stream's name", async () => {
  await using batch = await testBatch();
  const logConfiguration = { logDriver: "awslogs" as const, options: { "awslogs-stream-prefix": "mine" } };
  await batch.register({ containerProperties: { logConfiguration } });
  const job = await batch.ended(await batch.submit());
  expect(job.container?.logStreamName).toMatch(/^mine\/default\/[0-9a-f]{32}$/);
  expect(batch.output(job)).toBe("");
});

test("a process ended by a signal has exit code 128 and the signal's number", async () => {
  await using batch = await testBatch();
  const job = await batch.ended(await batch.run("kill -KILL $$"));
  expect(job).toMatchObject({ status: "FAILED", container: { exitCode: 137 } });
});

test("an image without a local command fails as an image that cannot be pulled, and says how to name one", async () => {
  await using batch = await testBatch();
  await batch.register({ containerProperties: { image: "repo/connector:1.2" } });
  const jobId = await batch.submit();
  const job = await batch.ended(jobId);
  expect(job).toMatchObject({ status: "FAILED", statusReason: "Task failed to start" });
  expect(job.container?.reason).toMatch(
    /^CannotPullContainerError: .*npm start -- --image repo\/connector:1\.2=<command>$/,
  );
  expect(job.container).not.toHaveProperty("exitCode");
  expect(job.attempts?.[0]).not.toHaveProperty("startedAt");
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "STARTING", "FAILED"]);
});

test.each([
  ["no such file", { argv: ["no-such-command"] as const }, /no-such-command is not an executable file in PATH/],
  ["a file that is not executable", { argv: [plainFile] as const }, /support\.ts is not an executable file/],
  ["no such directory", { argv: ["true"] as const, cwd: "/no/such" }, /the directory \/no\/such does not exist/],
])("a command that cannot be started fails the same way: %s", async (_, command, problem) => {
  await using batch = await testBatch({ images: new Map([["shell", command]]) });
  await batch.register();
  const job = await batch.ended(await batch.submit());
  expect(job).toMatchObject({ status: "FAILED", statusReason: "Task failed to start" });
  expect(job.container?.reason).toMatch(/^CannotStartContainerError: /);
  expect(job.container?.reason).toMatch(problem);
  expect(job.container).not.toHaveProperty("exitCode");
});

test("a lookup that fails is a container that cannot start, and the job may be retried", async () => {
  let calls = 0;
  const lookup = async () => {
    calls += 1;
    if (calls === 1) throw new Error("registry is away");
    return { argv: ["/bin/sh", "-c"] as const };
  };
  await using batch = await testBatch({ images: lookup });
  await batch.register({ retryStrategy: { attempts: 2 } });
  const job = await batch.ended(await batch.submit());
  expect(job.status).toBe("SUCCEEDED");
  expect(job.attempts?.map(({ container }) => container?.reason)).toEqual(["registry is away", undefined]);
});

test("a failing job is retried until an attempt succeeds, each attempt with its number and its log", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run('echo "attempt $AWS_BATCH_JOB_ATTEMPT"; [ $AWS_BATCH_JOB_ATTEMPT = 3 ]', {
    retryStrategy: { attempts: 5 },
  });
  const job = await batch.ended(jobId);
  expect(job.status).toBe("SUCCEEDED");
  expect(job.attempts?.map(({ container }) => container?.exitCode)).toEqual([1, 1, 0]);
  const streams = job.attempts?.map(({ container }) => container?.logStreamName ?? "") ?? [];
  const logs = streams.map((stream) => readFileSync(batch.batch.logFile(stream) ?? "", "utf8"));
  expect(logs.map((log) => log.trim().split(" ").slice(1).join(" "))).toEqual(["attempt 1", "attempt 2", "attempt 3"]);
  const attempt = ["RUNNABLE", "STARTING", "RUNNING"];
  expect(batch.statuses(jobId)).toEqual([...attempt, ...attempt, ...attempt, "SUCCEEDED"]);
});

test("evaluateOnExit ends a job whose exit code says that a retry is of no use", async () => {
  await using batch = await testBatch();
  const rules = [
    { onExitCode: "4*", action: "exit" as "EXIT" },
    { onExitCode: "*", action: "RETRY" as const },
  ];
  const jobId = await batch.run("exit $((38 + AWS_BATCH_JOB_ATTEMPT))", {
    retryStrategy: { attempts: 10, evaluateOnExit: rules },
  });
  const job = await batch.ended(jobId);
  expect(job.attempts?.map(({ container }) => container?.exitCode)).toEqual([39, 40]);
});

test("an attempt that runs too long gets SIGTERM, then SIGKILL, and is not retried", async () => {
  const clock = manualClock();
  await using batch = await testBatch({ clock, killAfterSeconds: 30 });
  const jobId = await batch.run("trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done", {
    timeout: { attemptDurationSeconds: 60 },
    retryStrategy: { attempts: 3 },
  });
  const running = await batch.when(jobId, "RUNNING");
  await until(() => batch.output(running).includes("ready"));
  clock.advance(59);
  expect((await batch.describe(jobId)).status).toBe("RUNNING");
  expect(batch.output(running)).not.toContain("asked");
  clock.advance(1);
  await until(() => batch.output(running).includes("asked"));
  clock.advance(29);
  expect((await batch.describe(jobId)).status).toBe("RUNNING");
  clock.advance(1);
  const job = await batch.ended(jobId);
  expect(job).toMatchObject({ status: "FAILED", statusReason: "Job attempt duration exceeded timeout" });
  expect(job).toMatchObject({ container: { exitCode: 137 }, attempts: [expect.anything()] });
});

test("when the first process of a job has ended, the processes it has left behind are ended too", async () => {
  await using batch = await testBatch();
  const job = await batch.ended(await batch.run("sleep 300 & echo $!; exit 0"));
  const pid = Number(batch.output(job).trim().split(" ").at(-1));
  expect(pid).toBeGreaterThan(1);
  await until(() => processIdentity(pid) === undefined);
});

test("jobs beyond the vCPUs of the compute environment wait, in order of submission", async () => {
  await using batch = await testBatch({ vcpus: 2 });
  const gate = join(batch.directory, "open");
  const script = `while [ ! -e ${gate} ]; do sleep 0.02; done`;
  const small = await batch.run(script);
  const large = await batch.submit({
    containerOverrides: {
      resourceRequirements: [
        { type: "VCPU", value: "2" },
        { type: "MEMORY", value: "4096" },
      ],
      command: ["exit 0"],
    },
  });
  const behind = await batch.submit();
  await batch.when(small, "RUNNING");
  expect(batch.statuses(large)).toEqual(["RUNNABLE"]);
  expect(batch.statuses(behind)).toEqual(["RUNNABLE"]);
  writeFileSync(gate, "");
  await Promise.all([small, large, behind].map(batch.ended));
  const starts = batch.events.filter(({ detail }) => detail.status === "STARTING").map(({ detail }) => detail.jobId);
  expect(starts).toEqual([small, large, behind]);
});

test("overrides longer than ECS takes fail the job before it starts", async () => {
  await using batch = await testBatch();
  const value = "x".repeat(8192);
  const job = await batch.ended(
    await batch.run("exit 0", { containerOverrides: { environment: [{ name: "LONG", value }] } }),
  );
  expect(job).toMatchObject({ status: "FAILED", statusReason: "Container Overrides length must be at most 8192" });
});
