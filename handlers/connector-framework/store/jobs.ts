import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds } from "../../runtime/dynamodb/contention.ts";
import { all, isOneOf, isStill, updateExpression } from "../../runtime/dynamodb/expressions.ts";
import { fillPage, type Page, type PageRequest } from "../../runtime/dynamodb/page.ts";
import type { PageTokens } from "../../runtime/dynamodb/page-token.ts";
import { conflict } from "../../runtime/errors.ts";
import { jobId as anyJobId, type JobStatus } from "../contract/schemas.ts";
import { type Job, type ListedJob, listedJob, stoppableStatuses } from "../model/job.ts";
import { type ConnectorRef, connectorArn, isJobId, jobIndexes, jobKey } from "../model/keys.ts";
import { jobReader } from "./job-reader.ts";
import { type JobStarterOptions, jobStarter } from "./job-starter.ts";
import { noJob } from "./not-found.ts";

export type JobStore = ReturnType<typeof jobStore>;

export interface JobStoreOptions extends JobStarterOptions {
  readonly tokens: PageTokens;
}

/** Jobs as clients start, see and stop them, in the jobs table. How they go on is in `job-progress.ts`. */
export function jobStore(client: DynamoDBDocumentClient, { tables, tokens, quota }: JobStoreOptions) {
  const { find } = jobReader(client, tables.jobs);
  const { start } = jobStarter(client, { tables, quota });

  return {
    find,

    /** @throws RequestError `NotFound` when the connector has no such job, though another connector may */
    async get(connector: ConnectorRef, jobId: string): Promise<Job> {
      const job = await find({ tenant: connector.tenant, jobId });
      if (job?.connector_arn !== connectorArn(connector)) throw noJob(connector.connectorId, jobId);
      return job;
    },

    start,

    /** A connector's jobs, newest first, only those of one status if it is given. */
    async list(
      connector: ConnectorRef,
      { limit, token, status }: PageRequest & { readonly status: JobStatus | undefined },
    ): Promise<Page<ListedJob>> {
      const arn = connectorArn(connector);
      const position = z.strictObject({
        custom_connector_arn_prefix: z.literal(connector.tenant),
        connector_arn: z.literal(arn),
        created_at: z.iso.datetime({ precision: 3 }),
        job_id: anyJobId.refine(isJobId),
      });
      const tokenOf = ({ job_id, created_at }: ListedJob) =>
        tokens.write({ ...jobKey({ tenant: connector.tenant, jobId: job_id }), connector_arn: arn, created_at });
      const filter = status && isStill("status", status);
      return fillPage({ limit, start: await tokens.read(position, token), tokenOf }, async (limit, start) => {
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
        return { items: z.array(listedJob).parse(result.Items ?? []), last: result.LastEvaluatedKey };
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
