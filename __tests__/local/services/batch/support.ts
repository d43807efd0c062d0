import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobsCommand,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import type { Clock } from "../../../../local/services/batch/clock.ts";
import type { LocalCommand } from "../../../../local/services/batch/image.ts";
import type { BatchStateChangeEvent, JobStatus } from "../../../../local/services/batch/model.ts";
import { type Batch, type BatchOptions, startBatch } from "../../../../local/services/batch/start-batch.ts";

export const region = "eu-west-1";
export const accountId = "000000000000";
export const arn = (resource: string) => `arn:aws:batch:${region}:${accountId}:${resource}`;

/** `shell` runs its one argument as a script; `any` runs the job's command as it is. */
export const images: ReadonlyMap<string, LocalCommand> = new Map([
  ["shell", { argv: ["/bin/sh", "-c"] as const }],
  ["any", { argv: ["/usr/bin/env"] as const, environment: { FROM_IMAGE: "image", SHADOWED: "image" } }],
]);

export const clientFor = (endpoint: string) =>
  new BatchClient({
    endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never came true: ${condition}`);
    await delay(10);
  }
}

export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "batch-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A clock that stands still until it is moved. */
export function manualClock(start = 1_800_000_000_000): Clock & { advance(seconds: number): void } {
  let now = start;
  const timers = new Map<symbol, { at: number; callback: () => void }>();
  return {
    now: () => now,
    after(milliseconds, callback) {
      const key = Symbol();
      timers.set(key, { at: now + milliseconds, callback });
      return () => timers.delete(key);
    },
    advance(seconds) {
      now += seconds * 1000;
      for (const [key, { at, callback }] of [...timers]) {
        if (at > now || !timers.delete(key)) continue;
        callback();
      }
    },
  };
}

export interface TestBatch {
  readonly batch: Batch;
  readonly client: BatchClient;
  readonly directory: string;
  readonly events: BatchStateChangeEvent[];
  readonly log: string[];
  register(changes?: DefinitionChanges): Promise<string>;
  /** The new job's id. */
  submit(changes?: Partial<SubmitJobCommandInput>): Promise<string>;
  /** Registers a definition of the shell image and submits it. */
  run(script: string, changes?: Partial<SubmitJobCommandInput>): Promise<string>;
  describe(jobId: string): Promise<JobDetail>;
  /** The job, once an event has told that it has this status. */
  when(jobId: string, ...statuses: JobStatus[]): Promise<JobDetail>;
  ended(jobId: string): Promise<JobDetail>;
  statuses(jobId: string): string[];
  output(job: JobDetail): string;
  [Symbol.asyncDispose](): Promise<void>;
}

type DefinitionChanges = Partial<RegisterJobDefinitionCommandInput>;

export const definition = (changes: DefinitionChanges = {}): RegisterJobDefinitionCommandInput => ({
  jobDefinitionName: "definition",
  type: "container",
  platformCapabilities: ["FARGATE"],
  ...changes,
  containerProperties: {
    image: "shell",
    command: ["exit 0"],
    executionRoleArn: "arn:aws:iam::000000000000:role/execution",
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
    ...changes.containerProperties,
  },
});

/** A server with the compute environment `place` (16 vCPUs unless told) and the queue `queue`. */
export async function testBatch(
  options: Partial<BatchOptions> & { vcpus?: number; keep?: boolean } = {},
): Promise<TestBatch> {
  const events: BatchStateChangeEvent[] = [];
  const log: string[] = [];
  const directory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "batch-"));
  mkdirSync(directory, { recursive: true });
  const batch = await startBatch({
    region,
    accountId,
    images,
    baseEnvironment: {},
    killAfterSeconds: 0.3,
    log: (message) => log.push(message),
    ...options,
    dataDirectory: directory,
    publish: async (event) => {
      await options.publish?.(event);
      events.push(event);
    },
  }).catch((error: unknown) => {
    if (options.dataDirectory === undefined) rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const client = clientFor(batch.endpoint);
  await provision(client, options.vcpus ?? 16);

  const describe = async (jobId: string): Promise<JobDetail> => {
    const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [jobId] }));
    const [job] = jobs;
    if (job === undefined) throw new Error(`no job ${jobId}`);
    return job;
  };
  const statuses = (jobId: string) =>
    events.filter(({ detail }) => detail.jobId === jobId).map(({ detail }) => detail.status);
  const when = async (jobId: string, ...wanted: JobStatus[]) => {
    await until(() => statuses(jobId).some((status) => wanted.includes(status))).catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify({ wanted, events, log })}`);
    });
    return describe(jobId);
  };
  const register = async (changes: DefinitionChanges = {}) => {
    const { jobDefinitionArn } = await client.send(new RegisterJobDefinitionCommand(definition(changes)));
    return jobDefinitionArn ?? "";
  };
  const submit = async (changes: Partial<SubmitJobCommandInput> = {}) => {
    const command = new SubmitJobCommand({
      jobName: "job",
      jobQueue: "queue",
      jobDefinition: "definition",
      ...changes,
    });
    return (await client.send(command)).jobId ?? "";
  };
  return {
    ...{ batch, client, directory, events, log, register, submit, describe, statuses, when },
    ended: (jobId) => when(jobId, "SUCCEEDED", "FAILED"),
    async run(script, changes = {}) {
      const jobDefinition = await register({ containerProperties: { command: [script] } });
      return submit({ jobDefinition, ...changes });
    },
    output: (job) => readFileSync(batch.logFile(job.container?.logStreamName ?? "") ?? "no log file", "utf8"),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await batch.stop();
      if (!options.keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function provision(client: BatchClient, maxvCpus: number): Promise<void> {
  const alreadyThere = (error: Error) => {
    if (!error.message.includes("Object already exists")) throw error;
  };
  await client
    .send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: "place",
        type: "MANAGED",
        computeResources: { type: "FARGATE", maxvCpus, subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
      }),
    )
    .catch(alreadyThere);
  await client
    .send(
      new CreateJobQueueCommand({
        jobQueueName: "queue",
        priority: 1,
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: "place" }],
      }),
    )
    .catch(alreadyThere);
}
