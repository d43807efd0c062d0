import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds, transact } from "../../runtime/dynamodb/contention.ts";
import {
  all,
  conditionExpression,
  isNew,
  isOneOf,
  isStill,
  updateExpression,
} from "../../runtime/dynamodb/expressions.ts";
import { fillPage, type Page, type PageRequest } from "../../runtime/dynamodb/page.ts";
import { readPageToken, writePageToken } from "../../runtime/dynamodb/page-token.ts";
import { conflict } from "../../runtime/errors.ts";
import { jobId as anyJobId, type JobStatus } from "../contract/schemas.ts";
import { type Job, stoppableStatuses, storedJob } from "../model/job.ts";
import {
  type ConnectorRef,
  connectorArn,
  connectorKey,
  isConnectorId,
  isJobId,
  type JobRef,
  jobIndexes,
  jobKey,
} from "../model/keys.ts";
import { noConnector, noJob } from "./not-found.ts";

export type JobStore = ReturnType<typeof jobStore>;

/** A job a client asks for. */
export interface NewJob {
  readonly connector: ConnectorRef;
  readonly jobId: string;
  readonly environment: Job["environment"];
}

/** Jobs as clients start, see and stop them, in the jobs table. How they go on is in `job-progress.ts`. */
export function jobStore(
  client: DynamoDBDocumentClient,
  tables: { readonly connectors: string; readonly jobs: string },
) {
  async function find(ref: JobRef): Promise<Job | undefined> {
    if (!isJobId(ref.jobId)) return undefined;
    const { Item: item } = await client.send(
      new GetCommand({ TableName: tables.jobs, Key: jobKey(ref), ConsistentRead: true }),
    );
    return item && storedJob.parse(item);
  }

  return {
    find,

    /**
     * Creates a job and gives it the connector, both or neither: of two starts at once one is refused.
     *
     * @throws RequestError `NotFound` when there is no such connector; `Conflict` when a job holds it
     */
    async start({ connector, jobId, environment }: NewJob, now: Date): Promise<Job> {
      const { tenant, connectorId } = connector;
      const time = now.toISOString();
      const job: Job = {
        ...jobKey({ tenant, jobId }),
        connector_id: connectorId,
        connector_arn: connectorArn(connector),
        status: "STARTED",
        environment,
        created_at: time,
        updated_at: time,
      };
      if (!isConnectorId(connectorId)) throw noConnector(connectorId);
      const hold = { set: { status: "IN_USE", current_job_id: jobId, updated_at: time } };
      const [failed] = await transact(client, [
        {
          Update: {
            TableName: tables.connectors,
            Key: connectorKey(connector),
            ...updateExpression(hold, isStill("status", "AVAILABLE")),
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Put: { TableName: tables.jobs, Item: job, ...conditionExpression(isNew("job_id")) } },
      ]);
      if (!failed) return job;
      // A write whose answer was lost may have been sent anew: what stands in its way is then this very job.
      const standing = await find({ tenant, jobId });
      if (standing?.connector_arn === job.connector_arn && standing.created_at === time) return standing;
      if (failed.index === 0 && !failed.itemExists) throw noConnector(connectorId);
      if (failed.index === 0) throw conflict(`connector ${connectorId} is in use by a job`);
      throw conflict(`job ${jobId} exists already: try again`);
    },

    /** A connector's jobs, newest first, only those of one status if it is given. */
    async list(
      connector: ConnectorRef,
      { limit, token, status }: PageRequest & { readonly status: JobStatus | undefined },
    ): Promise<Page<Job>> {
      const arn = connectorArn(connector);
      const position = z.strictObject({
        custom_connector_arn_prefix: z.literal(connector.tenant),
        connector_arn: z.literal(arn),
        created_at: z.iso.datetime({ precision: 3 }),
        job_id: anyJobId.refine(isJobId),
      });
      const tokenOf = ({ job_id, created_at }: Job) =>
        writePageToken({ ...jobKey({ tenant: connector.tenant, jobId: job_id }), connector_arn: arn, created_at });
      const filter = status && isStill("status", status);
      return fillPage({ limit, start: readPageToken(position, token), tokenOf }, async (limit, start) => {
        const result = await client.send(
          new QueryCommand({
            TableName: tables.jobs,
            IndexName: jobIndexes.byConnector,
            KeyConditionExpression: "connector_arn = :arn",
            ExpressionAttributeValues: { ":arn": arn, ...filter?.values },
            ...(filter && { FilterExpression: filter.expression, ExpressionAttributeNames: { "#status": "status" } }),
            // DynamoDB counts before it filters: with a filter, only the 1 MB of a query bounds what is read at once.
            ...(filter ? {} : { Limit: limit }),
            ScanIndexForward: false,
            ExclusiveStartKey: start,
          }),
        );
        return { items: z.array(storedJob).parse(result.Items ?? []), last: result.LastEvaluatedKey };
      });
    },

    /**
     * Asks for the end of a connector's job. One that is stopping already stays as it is.
     *
     * @throws RequestError `NotFound` when the connector has no such job; `Conflict` when the job has ended
     */
    async requestStop(connector: ConnectorRef, jobId: string, now: Date): Promise<void> {
      const ref = { tenant: connector.tenant, jobId };
      if (!isJobId(jobId)) throw noJob(connector.connectorId, jobId);
      const stop = { set: { status: "STOPPING", updated_at: now.toISOString() } };
      const ofConnector = isStill("connector_arn", connectorArn(connector));
      const command = new UpdateCommand({
        TableName: tables.jobs,
        Key: jobKey(ref),
        ...updateExpression(stop, all(ofConnector, isOneOf("status", stoppableStatuses))),
      });
      if (await ifConditionHolds(() => client.send(command))) return;
      const job = await find(ref);
      if (job?.connector_arn !== connectorArn(connector)) throw noJob(connector.connectorId, jobId);
      if (job.status !== "STOPPING") throw conflict(`job ${jobId} has ended already: ${job.status}`);
    },
  };
}
