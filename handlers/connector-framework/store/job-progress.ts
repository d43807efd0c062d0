import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds, transact } from "../../runtime/dynamodb/contention.ts";
import { all, type Change, exists, isStill, updateExpression } from "../../runtime/dynamodb/expressions.ts";
import { conflict } from "../../runtime/errors.ts";
import { type FinalStatus, isCarriedOutBy, isFinal, type Job, keptAfterEnd } from "../model/job.ts";
import { connectorKey, type JobRef, jobIndexes, jobKey } from "../model/keys.ts";
import { type JobStore, jobStore } from "./jobs.ts";

export type JobProgressStore = ReturnType<typeof jobProgressStore>;

/** What an end tells about a job, whichever way it ended. */
export type Ending = Partial<
  Pick<Job, "batch_job_id" | "started_at" | "completed_at" | "exit_code" | "failure_reason" | "log_stream_name">
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
  const jobs: Pick<JobStore, "find"> = jobStore(client, tables);

  /** @returns if the change was made: false when the row's state is not as `job` says any more */
  async function write(job: Job, change: Change): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: tables.jobs,
      Key: keyOf(job),
      ...updateExpression(change, asRead(job)),
    });
    return (await ifConditionHolds(() => client.send(command))) !== undefined;
  }

  /** Ends a job and frees the connector it holds in one transaction; the job alone when it holds none. */
  async function writeEnd(job: Job, ending: Ending, now: Date): Promise<boolean> {
    const time = now.toISOString();
    const { started_at, ...set } = { completed_at: time, ...ending, updated_at: time };
    const ttl = Math.floor(now.getTime() / 1000) + keptAfterEnd;
    const change: Change = { set: { ...set, ttl }, setOnce: { started_at } };
    const release: Change = { set: { status: "AVAILABLE", updated_at: time }, remove: ["current_job_id"] };
    const tenant = job.custom_connector_arn_prefix;
    const failed = await transact(client, [
      { Update: { TableName: tables.jobs, Key: keyOf(job), ...updateExpression(change, asRead(job)) } },
      {
        Update: {
          TableName: tables.connectors,
          Key: connectorKey({ tenant, connectorId: job.connector_id }),
          ...updateExpression(release, isStill("current_job_id", job.job_id)),
        },
      },
    ]);
    if (failed.length === 0) return true;
    return failed.some(({ index }) => index === 0) ? false : write(job, change);
  }

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
      return (await write(job, { set: intent })) ? { ...job, ...intent } : undefined;
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
        return (await write(job, { set })) ? job : undefined;
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
