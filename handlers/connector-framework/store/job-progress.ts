import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds, transact } from "../../runtime/dynamodb/contention.ts";
import {
  all,
  type Change,
  conditionExpression,
  exists,
  isNew,
  isStill,
  updateExpression,
} from "../../runtime/dynamodb/expressions.ts";
import { conflict } from "../../runtime/errors.ts";
import { type FinalStatus, isCarriedOutBy, isFinal, type Job, keptAfterEnd } from "../model/job.ts";
import { type ConnectorRef, connectorKey, type JobRef, jobIndexes, jobKey, usageKey } from "../model/keys.ts";
import { jobReader } from "./job-reader.ts";

export type JobProgressStore = ReturnType<typeof jobProgressStore>;

/** What an end tells about a job, whichever way it ended. */
export type Ending = Partial<
  Pick<
    Job,
    | "batch_job_id"
    | "started_at"
    | "completed_at"
    | "exit_code"
    | "attempts"
    | "failure_reason"
    | "log_stream_name"
    | "released_at"
  >
> & { readonly status: FinalStatus };

/** Times a decision is made anew because the job moved on meanwhile; a job moves on only a few times in its life. */
const decisions = 6;

/**
 * How jobs go on, for those that carry them out. Every change is made of a row as it was read and written only if
 * that row's state is still the same, so none of them can undo another, whatever the order they come in.
 */
export function jobProgressStore(
  client: DynamoDBDocumentClient,
  tables: { readonly connectors: string; readonly jobs: string },
) {
  const jobs = jobReader(client, tables.jobs);

  /** @returns if the change was made: false when the row's state is not as `job` says any more */
  async function write(job: Job, change: Change): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: tables.jobs,
      Key: keyOf(job),
      ...updateExpression(change, asRead(job)),
    });
    return (await ifConditionHolds(() => client.send(command))) !== undefined;
  }

  /** Ends a job, counts it as ended and frees the connector it holds, all in one transaction; the connector only if it does. */
  async function writeEnd(job: Job, ending: Ending, now: Date): Promise<boolean> {
    const time = now.toISOString();
    const { started_at, ...set } = { completed_at: time, ...ending, updated_at: time };
    const ttl = Math.floor(now.getTime() / 1000) + keptAfterEnd;
    const change: Change = { set: { ...set, ttl }, setOnce: { started_at }, remove: ["open_since"] };
    const tenant = job.custom_connector_arn_prefix;
    const end = { Update: { TableName: tables.jobs, Key: keyOf(job), ...updateExpression(change, asRead(job)) } };
    const connector = { tenant, connectorId: job.connector_id };
    const failed = await transact(client, [end, release(connector, job.job_id, now), oneJobLess(tenant)]);
    if (failed.length === 0) return true;
    if (failed.some(({ index }) => index === 0)) return false;
    return (await transact(client, [end, oneJobLess(tenant)])).length === 0;
  }

  /** Makes a connector available, if that job holds it. */
  const release = (connector: ConnectorRef, jobId: string, now: Date) => ({
    Update: {
      TableName: tables.connectors,
      Key: connectorKey(connector),
      ...updateExpression(
        { set: { status: "AVAILABLE", updated_at: now.toISOString() }, remove: ["current_job_id"] },
        isStill("current_job_id", jobId),
      ),
    },
  });

  /** Counts a job as ended: once in its life, in the transaction that ends it. */
  const oneJobLess = (tenant: string) => ({
    Update: { TableName: tables.connectors, Key: usageKey(tenant), ...updateExpression({ add: { jobs: -1 } }) },
  });

  /** Acts on a job as it is now, and again on what it has become, until the action holds. */
  async function settle<Result>(
    ref: JobRef,
    act: (job: Job) => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    for (let decision = 1; decision <= decisions; decision++) {
      const job = await jobs.find(ref);
      if (!job) return undefined;
      const result = await act(job);
      if (result !== undefined) return result;
    }
    throw conflict(`job ${ref.jobId} keeps changing: try again`);
  }

  return {
    find: jobs.find,

    /** The full name of a job known by its id alone. The index lags behind by moments; undefined may be too early. */
    async findById(jobId: string): Promise<JobRef | undefined> {
      const result = await client.send(
        new QueryCommand({
          TableName: tables.jobs,
          IndexName: jobIndexes.byJobId,
          KeyConditionExpression: "job_id = :id",
          ExpressionAttributeValues: { ":id": jobId },
        }),
      );
      const key = z.object({ custom_connector_arn_prefix: z.string() });
      const [found] = z.array(key).parse(result.Items ?? []);
      return found && { tenant: found.custom_connector_arn_prefix, jobId };
    },

    /**
     * Notes, before a submission, that there may be one. A later intent takes the place of the one that was read.
     *
     * @returns the job with the intent; undefined when it changed since it was read
     */
    async recordIntent(job: Job, now: Date): Promise<Job | undefined> {
      const intent = { submitting_at: now.toISOString() };
      const { nudged_at: _, ...rest } = job;
      return (await write(job, { set: intent, remove: ["nudged_at"] })) ? { ...rest, ...intent } : undefined;
    },

    /** Takes back the intent of a submission that Batch certainly does not have; never one that another has recorded. */
    async withdrawIntent(intended: Job): Promise<void> {
      await settle(refOf(intended), async (job) => {
        if (job.submitting_at !== intended.submitting_at || job.batch_job_id !== undefined) return true;
        return (await write(job, { remove: ["submitting_at"] })) || undefined;
      });
    },

    /**
     * Keeps Batch's id on the job. A STARTED job is RUNNING by that; any other keeps its status.
     *
     * @returns the job before, undefined when there is none
     */
    async attach(ref: JobRef, batchJobId: string, now: Date): Promise<Job | undefined> {
      return settle(ref, async (job) => {
        if (job.batch_job_id !== undefined) return job;
        const status = job.status === "STARTED" ? "RUNNING" : job.status;
        const set = { status, batch_job_id: batchJobId, updated_at: now.toISOString() };
        return (await write(job, { set, remove: ["nudged_at"] })) ? job : undefined;
      });
    },

    /**
     * Notes that the container runs, once; a job that has ended or is another Batch job's stays as it is.
     *
     * @returns the job as it is then, undefined when there is none
     * @throws Error when it cannot be said yet if the job is carried out by that Batch job
     */
    async recordRunning(
      ref: JobRef,
      running: Pick<Job, "started_at" | "log_stream_name"> & { readonly batch_job_id: string },
      now: Date,
    ): Promise<Job | undefined> {
      return settle(ref, async (job) => {
        const concerns = isCarriedOutBy(job, running.batch_job_id) && !isFinal(job.status);
        if (!concerns || job.started_at !== undefined) return job;
        const status = job.status === "STARTED" ? ("RUNNING" as const) : job.status;
        const set = { ...running, status, updated_at: now.toISOString() };
        return (await write(job, { set })) ? { ...job, ...set } : undefined;
      });
    },

    /**
     * Asks for a job to be taken up again: its change in the stream reaches an orchestrator as its start did.
     *
     * @returns if it was asked: false when the job is not as `job` says any more
     */
    nudge: (job: Job, now: Date): Promise<boolean> => write(job, { set: { nudged_at: now.toISOString() } }),

    /**
     * Frees a connector from a job that has ended, or is gone and so never will. The end of a job frees its connector
     * itself; this is for what no end has done.
     *
     * @returns if it was freed: false when the job has not ended or does not hold the connector any more
     */
    async free(connector: ConnectorRef, jobId: string, now: Date): Promise<boolean> {
      const ref = { tenant: connector.tenant, jobId };
      const job = await jobs.find(ref);
      if (job && !isFinal(job.status)) return false;
      const gone = {
        ConditionCheck: { TableName: tables.jobs, Key: jobKey(ref), ...conditionExpression(isNew("job_id")) },
      };
      const writes = [release(connector, jobId, now), ...(job ? [] : [gone, oneJobLess(connector.tenant)])];
      return (await transact(client, writes)).length === 0;
    },

    /**
     * Ends a job and frees its connector.
     *
     * @param decide what the end is, seen from the job's present state; undefined when it shall not end after all
     * @returns if this call ended it: false when it had ended before, is gone, or `decide` said no
     */
    async end(ref: JobRef, decide: (job: Job) => Ending | undefined, now: Date): Promise<boolean> {
      const ended = await settle(ref, async (job) => {
        const ending = isFinal(job.status) ? undefined : decide(job);
        if (!ending) return "unchanged";
        return (await writeEnd(job, ending, now)) ? "ended" : undefined;
      });
      return ended === "ended";
    },
  };
}

const refOf = (job: Job): JobRef => ({ tenant: job.custom_connector_arn_prefix, jobId: job.job_id });
const keyOf = (job: Job) => jobKey(refOf(job));

/** The job is there and none of what decisions are made of has changed. */
const asRead = ({ status, batch_job_id, submitting_at }: Job) =>
  all(
    exists("job_id"),
    isStill("status", status),
    isStill("batch_job_id", batch_job_id),
    isStill("submitting_at", submitting_at),
  );
