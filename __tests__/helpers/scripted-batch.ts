import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";

/** What may go wrong with one call. */
export type Fault =
  | {
      readonly refuse: { readonly status: number; readonly type: string; readonly message: string };
      /** Something else happens before the client hears of the refusal. */
      readonly meanwhile?: () => Promise<void>;
    }
  /** Batch carries it out, the client never hears of it. */
  | { readonly loseAnswer: true }
  /** Batch never gets it, the client never hears of it. */
  | { readonly loseRequest: true }
  /** Batch answers DescribeJobs as if it knew none of the jobs. */
  | { readonly knowNothing: true }
  /** The call is long on its way: something else happens before Batch gets it. */
  | { readonly delayed: () => Promise<void> }
  /** Something else happens after Batch carried it out and before the client hears of it. */
  | { readonly before: (batchJobId: string) => Promise<void> };

export interface ScriptedJob {
  readonly jobId: string;
  readonly jobName: string;
  createdAt: number;
  readonly request: z.output<typeof submission>;
  status: "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
  /** Told when Batch describes the job. */
  exitCode?: number;
  /** Further members of what Batch tells when it describes the job, its times for example. */
  detail?: Record<string, unknown>;
  terminateReason: string | undefined;
}

const callName = z.enum([
  "registerjobdefinition",
  "submitjob",
  "listjobs",
  "terminatejob",
  "describejobs",
  "describejobdefinitions",
  "deregisterjobdefinition",
]);
type Call = z.output<typeof callName>;

const listRequest = z.object({
  jobQueue: z.string(),
  jobStatus: z.string().default("RUNNING"),
  filters: z.tuple([z.object({ name: z.literal("JOB_NAME"), values: z.tuple([z.string()]) })]).optional(),
  nextToken: z.string().default("0"),
});
const submission = z.looseObject({ jobName: z.string(), jobQueue: z.string(), jobDefinition: z.string() });
const registration = z.looseObject({ jobDefinitionName: z.string() });

/**
 * A stand-in for AWS Batch's wire protocol whose answers a test can script, call by call.
 *
 * @param now milliseconds since the epoch, by which jobs are created
 */
export async function startScriptedBatch(now: () => number = Date.now) {
  const jobs: ScriptedJob[] = [];
  const definitions: { name: string; arn: string; active: boolean; request: z.output<typeof registration> }[] = [];
  const calls: Call[] = [];
  const faults = new Map<Call, Fault[]>();
  let listsNewJobs = true;
  let jobsOnPage = 100;

  const carryOut: Record<Call, (body: unknown) => object> = {
    registerjobdefinition(body) {
      const request = registration.parse(body);
      const name = request.jobDefinitionName;
      const revision = definitions.filter((known) => known.name === name).length + 1;
      const arn = `arn:aws:batch:eu-central-1:123456789012:job-definition/${name}:${revision}`;
      definitions.push({ name, arn, active: true, request });
      return { jobDefinitionName: name, jobDefinitionArn: arn, revision };
    },
    submitjob(body) {
      const request = submission.parse(body);
      const definition = definitions.find(({ arn }) => arn === request.jobDefinition);
      if (!definition?.active) throw new Refused(400, "ClientException", "JobDefinition is not ACTIVE");
      const job: ScriptedJob = {
        jobId: randomUUID(),
        jobName: request.jobName,
        createdAt: now() + jobs.length,
        request,
        status: "RUNNABLE",
        terminateReason: undefined,
      };
      jobs.push(job);
      return { jobId: job.jobId, jobName: job.jobName };
    },
    listjobs(body) {
      const { jobQueue, jobStatus, filters, nextToken } = listRequest.parse(body);
      const wanted = ({ jobName, status, request }: ScriptedJob) =>
        request.jobQueue === jobQueue && (filters ? jobName === filters[0].values[0] : status === jobStatus);
      const found = listsNewJobs ? jobs.filter(wanted).reverse() : [];
      const [from, to] = [Number(nextToken), Number(nextToken) + jobsOnPage];
      return {
        jobSummaryList: found
          .slice(from, to)
          .map(({ jobId, jobName, createdAt, status }) => ({ jobId, jobName, createdAt, status })),
        ...(to < found.length && { nextToken: String(to) }),
      };
    },
    describejobs(body) {
      const wanted = z.object({ jobs: z.array(z.string()).min(1) }).parse(body).jobs;
      return {
        jobs: jobs
          .filter(({ jobId }) => wanted.includes(jobId))
          .map(({ jobId, jobName, status, createdAt, exitCode, terminateReason, detail, request }) => ({
            ...{ jobId, jobName, status, createdAt, jobQueue: request.jobQueue, jobDefinition: request.jobDefinition },
            container: { exitCode },
            timeout: request.timeout,
            ...(terminateReason !== undefined && { isTerminated: true }),
            ...detail,
          })),
      };
    },
    terminatejob(body) {
      const { jobId, reason } = z.object({ jobId: z.string(), reason: z.string().min(1) }).parse(body);
      const job = jobs.find((known) => known.jobId === jobId);
      if (!job) throw new Refused(400, "ClientException", `job ${jobId} does not exist`);
      if (job.status !== "SUCCEEDED" && job.status !== "FAILED") job.terminateReason ??= reason;
      return {};
    },
    describejobdefinitions(body) {
      const { jobDefinitionName } = z
        .object({ jobDefinitionName: z.string(), status: z.literal("ACTIVE") })
        .parse(body);
      const active = definitions.filter(({ name, active }) => active && name === jobDefinitionName);
      return { jobDefinitions: active.map(({ arn }) => ({ jobDefinitionArn: arn })) };
    },
    deregisterjobdefinition(body) {
      const { jobDefinition } = z.object({ jobDefinition: z.string() }).parse(body);
      const definition = definitions.find(({ arn }) => arn === jobDefinition);
      if (!definition) throw new Refused(400, "ClientException", "no such definition");
      definition.active = false;
      return {};
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = callName.parse(request.url?.split("/")[2]);
    calls.push(call);
    const fault = faults.get(call)?.shift();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (fault && "loseRequest" in fault) return void request.socket.destroy();
    if (fault && "delayed" in fault) await fault.delayed();
    if (fault && "refuse" in fault) {
      await fault.meanwhile?.();
      throw new Refused(fault.refuse.status, fault.refuse.type, fault.refuse.message);
    }
    const carriedOut = carryOut[call](JSON.parse(Buffer.concat(chunks).toString()));
    const result = fault && "knowNothing" in fault ? { jobs: [] } : carriedOut;
    if (fault && "before" in fault) await fault.before(jobs.at(-1)?.jobId ?? "");
    if (fault && "loseAnswer" in fault) request.socket.destroy();
    else response.setHeader("Content-Type", "application/json").end(JSON.stringify(result));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, type, message } =
        error instanceof Refused ? error : new Refused(500, "ServerException", String(error));
      response.writeHead(status, { "x-amzn-ErrorType": type, "Content-Type": "application/json" });
      response.end(JSON.stringify({ message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    jobs,
    definitions,
    calls,
    jobsNamed: (jobName: string) => jobs.filter((job) => job.jobName === jobName),
    activeDefinitions: (name: string) => definitions.filter((known) => known.active && known.name === name),
    /** The next call of that name meets this fault; several of them queue up. */
    next: (call: Call, fault: Fault) => void faults.set(call, [...(faults.get(call) ?? []), fault]),
    /** While false, ListJobs lags behind and tells of no job. */
    setListing: (lists: boolean) => {
      listsNewJobs = lists;
    },
    setJobsOnPage: (jobs: number) => {
      jobsOnPage = jobs;
    },
    /** Nothing goes wrong any more. */
    heal: () => {
      faults.clear();
      listsNewJobs = true;
      jobsOnPage = 100;
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type ScriptedBatch = Awaited<ReturnType<typeof startScriptedBatch>>;

class Refused extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}
