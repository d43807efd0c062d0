import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from "@aws-sdk/client-batch";
import { processIdentity } from "../../../../local/processes/process-identity.ts";
import { type BatchStateChangeEvent, batchStateChangeEvent } from "../../../../local/services/batch/model.ts";
import { expectLegal, pathOf } from "./job-path.ts";
import { clientFor, definition, manualClock, temporaryDirectory, testBatch, until } from "./support.ts";

const lost = "Host localhost (local stage) terminated.";

async function startHost(directory: string): Promise<{ host: ChildProcess; endpoint: string }> {
  const arguments_ = [join(import.meta.dirname, "host.ts"), directory, join(directory, "events")];
  const host = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const endpoint of createInterface({ input: host.stdout })) return { host, endpoint };
  throw new Error("the host has ended");
}

const jobFile = (directory: string, jobId: string) => join(directory, "jobs", `${jobId}.json`);
const readJob = (directory: string, jobId: string) => JSON.parse(readFileSync(jobFile(directory, jobId), "utf8"));

function readEvents(directory: string): BatchStateChangeEvent[] {
  const lines = readFileSync(join(directory, "events"), "utf8").trim().split("\n");
  return lines.filter(Boolean).map((line) => batchStateChangeEvent.parse(JSON.parse(line)));
}

test("kill -9 in the middle of a job: its processes end by themselves, and after a restart the attempt is lost", async () => {
  const directory = temporaryDirectory();
  const { host, endpoint } = await startHost(directory.path);
  const client = clientFor(endpoint);
  const place = { type: "FARGATE" as const, maxvCpus: 1, subnets: ["s"], securityGroupIds: ["g"] };
  await client.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: "place", type: "MANAGED", computeResources: place }),
  );
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: "place" }];
  await client.send(new CreateJobQueueCommand({ jobQueueName: "queue", priority: 1, computeEnvironmentOrder }));
  const pidFile = join(directory.path, "pids");
  const command = [
    `echo $$ >> ${pidFile}; [ -e ${directory.path}/open ] && exit 0; sleep 300 & echo $! >> ${pidFile}; wait`,
  ];
  await client.send(new RegisterJobDefinitionCommand(definition({ containerProperties: { command } })));
  const submit = async (attempts: number) => {
    const retryStrategy = {
      attempts,
      evaluateOnExit: [{ onStatusReason: "Host localhost*", action: "RETRY" as const }],
    };
    const job = { jobName: "job", jobQueue: "queue", jobDefinition: "definition", retryStrategy };
    return (await client.send(new SubmitJobCommand(job))).jobId ?? "";
  };
  const [running, waiting] = [await submit(2), await submit(1)];
  await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").trim().split("\n").length === 2);
  const pids = readFileSync(pidFile, "utf8").trim().split("\n").map(Number);
  expect(pids.map(processIdentity)).toEqual([expect.any(String), expect.any(String)]);

  host.kill("SIGKILL");
  await once(host, "exit");
  client.destroy();
  await until(() => pids.every((pid) => processIdentity(pid) === undefined));
  expect(readJob(directory.path, running).detail.status).toBe("RUNNING");
  expect(readJob(directory.path, waiting).detail.status).toBe("RUNNABLE");

  writeFileSync(join(directory.path, "open"), "");
  await using batch = await testBatch({ dataDirectory: directory.path });
  const job = await batch.ended(running);
  expect(job.status).toBe("SUCCEEDED");
  expect(job.attempts).toMatchObject([{ statusReason: lost, container: {} }, { container: { exitCode: 0 } }]);
  expect(job.attempts?.[0]?.container).not.toHaveProperty("exitCode");
  expect(job.attempts?.[0]).toHaveProperty("startedAt");
  expect((await batch.ended(waiting)).status).toBe("SUCCEEDED");
  expect(batch.statuses(running)).toEqual(["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]);
});

test("a host killed at any moment: every job it accepted gets to one end, and no event is lost", async () => {
  const directory = temporaryDirectory();
  const setUp = await testBatch({ dataDirectory: directory.path, keep: true, vcpus: 3 });
  await setUp.register({ containerProperties: { command: ["exit $((AWS_BATCH_JOB_ATTEMPT % 2))"] } });
  await setUp[Symbol.asyncDispose]();
  const accepted: string[] = [];
  for (const killedAfter of [2, 7, 11]) {
    const { host, endpoint } = await startHost(directory.path);
    const client = clientFor(endpoint);
    const job = { jobName: "job", jobQueue: "queue", jobDefinition: "definition", retryStrategy: { attempts: 9 } };
    const submitting = Array.from({ length: 12 }, async () => {
      const { jobId = "" } = await client.send(new SubmitJobCommand(job));
      accepted.push(jobId);
      if (accepted.length % 12 === killedAfter) host.kill("SIGKILL");
    });
    const killed = once(host, "exit");
    await Promise.allSettled(submitting);
    host.kill("SIGKILL");
    await killed;
    client.destroy();
  }
  expect(accepted.length).toBeGreaterThanOrEqual(3);

  const before = readEvents(directory.path);
  await using batch = await testBatch({ dataDirectory: directory.path });
  const status = async (jobId: string) => (await batch.describe(jobId)).status;
  for (const jobId of accepted) await until(async () => (await status(jobId)) === "SUCCEEDED");
  await until(() => accepted.every((jobId) => readJob(directory.path, jobId).outbox.length === 0));
  for (const jobId of accepted) expectLegal(pathOf([...before, ...batch.events], jobId));
});

test("a job that was only SUBMITTED when the host died runs at the next start", async () => {
  const directory = temporaryDirectory();
  const jobId = await stoppedWith(directory.path, (job) => {
    Object.assign(job, { outbox: [], detail: { ...Object(job.detail), status: "SUBMITTED" } });
  });
  await using batch = await testBatch({ dataDirectory: directory.path });
  expect((await batch.ended(jobId)).status).toBe("SUCCEEDED");
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]);
});

/** A server with a job that fails or waits, stopped; the job's record is then as a dead host left it. */
async function stoppedWith(directory: string, change: (job: Record<string, unknown>) => void, attempts = 1) {
  const batch = await testBatch({ dataDirectory: directory, keep: true, images: () => new Promise(() => undefined) });
  const jobId = await batch.run("exit 0", { retryStrategy: { attempts } });
  await batch.when(jobId, "STARTING");
  await batch[Symbol.asyncDispose]();
  const job = readJob(directory, jobId);
  change(job);
  writeFileSync(jobFile(directory, jobId), JSON.stringify(job));
  return jobId;
}

async function leftover(): Promise<{ child: ChildProcess; pid: number; identity: string }> {
  const child = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return { child, pid, identity: processIdentity(pid) ?? "" };
}

test("a process that a dead host left running is killed at the next start", async () => {
  const directory = temporaryDirectory();
  const { child, pid, identity } = await leftover();
  const ended = once(child, "exit");
  const jobId = await stoppedWith(directory.path, (job) => Object.assign(job, { process: { pid, identity } }));
  await using batch = await testBatch({ dataDirectory: directory.path });
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(await batch.ended(jobId)).toMatchObject({ status: "FAILED", statusReason: lost });
});

test("another process that has got the same id in the meantime is left alone", async () => {
  const directory = temporaryDirectory();
  const { child, pid, identity } = await leftover();
  const process = { pid, identity: `${identity}1` };
  const jobId = await stoppedWith(directory.path, (job) => Object.assign(job, { process }));
  await using batch = await testBatch({ dataDirectory: directory.path });
  expect(await batch.ended(jobId)).toMatchObject({ status: "FAILED", statusReason: lost });
  expect(processIdentity(pid)).toBe(identity);
  child.kill("SIGKILL");
  await once(child, "exit");
});

test("a job that was being terminated when the host died ends with that reason, and is not retried", async () => {
  const directory = temporaryDirectory();
  const jobId = await stoppedWith(directory.path, (job) => Object.assign(job, { stopping: "user asked" }), 5);
  await using batch = await testBatch({ dataDirectory: directory.path });
  expect(await batch.ended(jobId)).toMatchObject({ status: "FAILED", statusReason: "user asked" });
});

test("an event that was not taken is published again: soon, and after a restart", async () => {
  const directory = temporaryDirectory();
  let refusals = 0;
  const refuseEnd = async ({ detail }: { detail: { status: string } }) => {
    if (detail.status !== "SUCCEEDED") return;
    refusals += 1;
    throw new TypeError("EventBridge is away");
  };
  const first = await testBatch({ dataDirectory: directory.path, keep: true, publish: refuseEnd });
  const jobId = await first.run("exit 0");
  await until(() => refusals >= 2);
  expect(first.log.join("\n")).toContain("EventBridge is away");
  expect((await first.describe(jobId)).status).toBe("SUCCEEDED");
  await first[Symbol.asyncDispose]();

  await using second = await testBatch({ dataDirectory: directory.path });
  await second.ended(jobId);
  expect(second.statuses(jobId)).toEqual(["SUCCEEDED"]);
  await until(() => readJob(directory.path, jobId).outbox.length === 0);
});

test("definitions, queues and ended jobs with their logs are there after a restart", async () => {
  const directory = temporaryDirectory();
  const first = await testBatch({ dataDirectory: directory.path, keep: true });
  const jobId = await first.run("echo kept");
  const before = await first.ended(jobId);
  await first[Symbol.asyncDispose]();
  await using second = await testBatch({ dataDirectory: directory.path });
  expect(await second.describe(jobId)).toEqual(before);
  expect(second.output(before)).toContain("kept");
  expect(await second.register()).toMatch(/definition:2$/);
});

test("corrupt data stops the start with an error that names the file, and nothing is changed", async () => {
  const directory = temporaryDirectory();
  const jobId = await stoppedWith(directory.path, (job) => delete job.detail);
  const waiting = readFileSync(jobFile(directory.path, jobId), "utf8");
  const start = () => testBatch({ dataDirectory: directory.path });
  await expect(start()).rejects.toThrow(`${jobFile(directory.path, jobId)} is corrupt`);
  expect(readFileSync(jobFile(directory.path, jobId), "utf8")).toBe(waiting);
  appendFileSync(jobFile(directory.path, jobId), "}");
  await expect(start()).rejects.toThrow(`${jobFile(directory.path, jobId)} is corrupt`);
  directory.remove();
});

test("an ended job is kept 7 days, then it and its log are forgotten", async () => {
  const clock = manualClock();
  await using batch = await testBatch({ clock });
  const jobId = await batch.run("echo short-lived");
  const file = batch.batch.logFile((await batch.ended(jobId)).container?.logStreamName ?? "") ?? "";
  await until(() => readJob(batch.directory, jobId).outbox.length === 0);
  clock.advance(7 * 24 * 3600);
  expect((await batch.describe(jobId)).status).toBe("SUCCEEDED");
  expect(existsSync(file)).toBe(true);
  clock.advance(3600);
  await expect(batch.describe(jobId)).rejects.toThrow("no job");
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(join(batch.directory, "jobs"))).toEqual([]);
});
