import * as z from "zod";
import { type Replica, replica } from "../replica.ts";
import { WireError } from "../wire-error.ts";

/** A job of one container that depends on none is PENDING for no time worth telling of. */
const course: readonly State[] = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING"];
const states = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"] as const;
type State = (typeof states)[number];

/** A job as Batch describes it, in its answers and events alike. */
export interface BatchJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly createdAt: number;
  readonly status: State;
  readonly statusReason?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly attempts: readonly object[];
  readonly timeout?: { readonly attemptDurationSeconds?: number | undefined } | undefined;
  /** Told to end while it ran, or before. */
  readonly isTerminated?: boolean;
  readonly isCancelled?: boolean;
  readonly container: { readonly exitCode?: number; readonly reason?: string; readonly logStreamName?: string };
}

interface Definition {
  readonly name: string;
  readonly arn: string;
  active: boolean;
}

const requests = {
  registerjobdefinition: z.looseObject({ jobDefinitionName: z.string(), type: z.literal("container") }),
  submitjob: z.looseObject({
    jobName: z.string(),
    jobQueue: z.string(),
    jobDefinition: z.string(),
    timeout: z.object({ attemptDurationSeconds: z.int().min(60).optional() }).optional(),
    retryStrategy: z.object({ attempts: z.int().min(1).max(10) }).default({ attempts: 1 }),
  }),
  listjobs: z.strictObject({
    jobQueue: z.string(),
    jobStatus: z.enum(states).default("RUNNING"),
    filters: z.tuple([z.strictObject({ name: z.literal("JOB_NAME"), values: z.tuple([z.string()]) })]).optional(),
    maxResults: z.int().min(1).optional(),
    nextToken: z.string().optional(),
  }),
  describejobs: z.strictObject({ jobs: z.array(z.string()).min(1).max(100) }),
  terminatejob: z.strictObject({ jobId: z.string(), reason: z.string().min(1).max(1024) }),
  describejobdefinitions: z.strictObject({ jobDefinitionName: z.string(), status: z.literal("ACTIVE") }),
  deregisterjobdefinition: z.strictObject({ jobDefinition: z.string() }),
};

export interface MemoryBatchOptions {
  readonly now: () => number;
  /** Milliseconds until a change is seen by those who list jobs, and who have them described, asked for each. @default 0 */
  readonly lags?: { readonly lists: () => number; readonly descriptions: () => number };
  /** Hears of every state a job comes to, as EventBridge does. */
  readonly onState?: (job: BatchJob) => void;
}

export const isOver = ({ status }: BatchJob): boolean => status === "SUCCEEDED" || status === "FAILED";

/** Jobs on a page of a list. */
const pageSize = 2;

/** AWS Batch in memory: what the connector framework asks of it. Its jobs go on only when they are told to. */
const noLag = { lists: () => 0, descriptions: () => 0 };

export function memoryBatch({ now, lags = noLag, onState = () => undefined }: MemoryBatchOptions) {
  const definitions: Definition[] = [];
  const jobs = new Map<string, BatchJob>();
  const attemptsLeft = new Map<string, number>();
  const terminated = new Map<string, string>();
  const listed: Replica<BatchJob> = replica(now, lags.lists);
  const described: Replica<BatchJob> = replica(now, lags.descriptions);

  function keep(job: BatchJob): void {
    jobs.set(job.jobId, job);
    listed.write(job.jobId, job);
    described.write(job.jobId, job);
  }

  function become(job: BatchJob): void {
    keep(job);
    onState(job);
  }

  function existing(jobId: string): BatchJob {
    const job = jobs.get(jobId);
    if (!job) throw new WireError(400, "ClientException", `Job ${jobId} does not exist`);
    return job;
  }

  const revisions = (name: string) => definitions.filter((known) => known.name === name);

  function end(
    job: BatchJob,
    status: "SUCCEEDED" | "FAILED",
    container: BatchJob["container"],
    statusReason?: string,
  ): void {
    const stoppedAt = now();
    const attempts = [...job.attempts, { startedAt: job.startedAt, stoppedAt, container }];
    const ran = { ...job, attempts, container: { ...job.container, ...container } };
    const left = (attemptsLeft.get(job.jobId) ?? 1) - 1;
    attemptsLeft.set(job.jobId, left);
    const tryAgain = status === "FAILED" && left > 0 && !terminated.has(job.jobId);
    if (tryAgain) become({ ...ran, status: "RUNNABLE", container: {} });
    else become({ ...ran, status, stoppedAt, ...(statusReason !== undefined && { statusReason }) });
  }

  const operations: { readonly [Name in keyof typeof requests]: (body: unknown) => object } = {
    registerjobdefinition(body) {
      const { jobDefinitionName: name } = requests.registerjobdefinition.parse(body);
      const revision = revisions(name).length + 1;
      const arn = `arn:aws:batch:eu-central-1:123456789012:job-definition/${name}:${revision}`;
      definitions.push({ name, arn, active: true });
      return { jobDefinitionName: name, jobDefinitionArn: arn, revision };
    },
    submitjob(body) {
      const { jobName, jobQueue, jobDefinition, retryStrategy, timeout } = requests.submitjob.parse(body);
      const isActive = definitions.some(({ arn, active }) => active && arn === jobDefinition);
      if (!isActive) throw new WireError(400, "ClientException", "JobDefinition is not ACTIVE");
      const jobId = `batch-job-${jobs.size + 1}`;
      attemptsLeft.set(jobId, retryStrategy.attempts);
      const shared = { jobId, jobName, jobQueue, jobDefinition, timeout };
      become({ ...shared, createdAt: now(), status: "SUBMITTED", attempts: [], container: {} });
      return { jobId, jobName };
    },
    listjobs(body) {
      const { jobQueue, jobStatus, filters, maxResults = pageSize, nextToken = "0" } = requests.listjobs.parse(body);
      const name = filters?.[0].values[0];
      const found = listed
        .rows()
        .filter((job) => job.jobQueue === jobQueue)
        .filter((job) => (name === undefined ? job.status === jobStatus : job.jobName === name))
        .sort((a, b) => b.createdAt - a.createdAt);
      const [from, to] = [Number(nextToken), Number(nextToken) + Math.min(maxResults, pageSize)];
      return { jobSummaryList: found.slice(from, to), ...(to < found.length && { nextToken: String(to) }) };
    },
    describejobs(body) {
      const wanted = requests.describejobs.parse(body).jobs;
      return { jobs: described.rows().filter(({ jobId }) => wanted.includes(jobId)) };
    },
    terminatejob(body) {
      const { jobId, reason } = requests.terminatejob.parse(body);
      const job = existing(jobId);
      if (isOver(job) || terminated.has(jobId)) return {};
      terminated.set(jobId, reason);
      const runs = job.status === "STARTING" || job.status === "RUNNING";
      keep({ ...job, ...(runs ? { isTerminated: true } : { isCancelled: true }) });
      return {};
    },
    describejobdefinitions(body) {
      const { jobDefinitionName } = requests.describejobdefinitions.parse(body);
      const active = revisions(jobDefinitionName).filter(({ active }) => active);
      return { jobDefinitions: active.map(({ arn }) => ({ jobDefinitionArn: arn })) };
    },
    deregisterjobdefinition(body) {
      const { jobDefinition } = requests.deregisterjobdefinition.parse(body);
      const definition = definitions.find(({ arn }) => arn === jobDefinition);
      if (!definition) throw new WireError(400, "ClientException", "no such definition");
      definition.active = false;
      return {};
    },
  };
  const operationName = z.object(requests).keyof();

  return {
    /** @throws WireError as Batch would answer; anything else when it is asked for what it does not know */
    call: (operation: string, body: unknown): object => operations[operationName.parse(operation)](body),

    jobs: (): readonly BatchJob[] => [...jobs.values()],
    isTerminated: ({ jobId }: BatchJob): boolean => terminated.has(jobId),
    activeDefinitions: (): readonly Definition[] => definitions.filter(({ active }) => active),

    /** Takes a job one state further: to a running container, or to its end when that was asked for. */
    proceed(jobId: string): void {
      const job = existing(jobId);
      if (isOver(job)) return;
      const reason = terminated.get(jobId);
      const at = course.indexOf(job.status);
      const status = course[at + 1];
      const running = { startedAt: now(), container: { logStreamName: `${job.jobName}/${job.attempts.length}` } };
      if (reason !== undefined) end(job, "FAILED", job.status === "RUNNING" ? { exitCode: 143 } : {}, reason);
      else if (status === "RUNNING") become({ ...job, status, ...running });
      else if (status !== undefined) become({ ...job, status });
    },

    /** A container that runs ends by itself. */
    exit(jobId: string, exitCode: number): void {
      const job = existing(jobId);
      if (job.status !== "RUNNING") return;
      if (exitCode === 0) end(job, "SUCCEEDED", { exitCode });
      else end(job, "FAILED", { exitCode }, terminated.get(jobId) ?? "Essential container in task exited");
    },
  };
}

export type MemoryBatch = ReturnType<typeof memoryBatch>;
