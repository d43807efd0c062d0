import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { writeInBatches } from "../../runtime/dynamodb/batch-write.ts";
import { ifConditionHolds } from "../../runtime/dynamodb/contention.ts";
import { all, conditionExpression, isBefore, isOneOf, isStill } from "../../runtime/dynamodb/expressions.ts";
import { jobStatuses } from "../contract/schemas.ts";
import { isFinal } from "../model/job.ts";
import { type ConnectorRef, connectorArn, documentKey, jobIndexes, jobKey } from "../model/keys.ts";
import { jobReader } from "../store/job-reader.ts";

export type Leftovers = ReturnType<typeof leftovers>;

/** Items that are deleted between two looks at the time. */
const itemsOnPage = 100;

const documentIds = z.array(z.object({ document_id: z.string() }).transform(({ document_id }) => document_id));
const jobIds = z.array(z.object({ job_id: z.string() }).transform(({ job_id }) => job_id));

/**
 * Seconds a job is kept that a client gave up on: within them the orchestrator has its container terminated, for which it
 * needs the job's row.
 */
const releasedRests = 900;

/** What became of a page: how many items were deleted, and how many may not be. */
export interface DeletedPage {
  readonly deleted: number;
  readonly kept: number;
}

/** What a connector that is gone left behind in the tables, deleted page by page as the pages are asked for. */
export function leftovers(
  client: DynamoDBDocumentClient,
  tables: { readonly jobs: string; readonly documents: string },
  clock: () => Date,
) {
  const { find } = jobReader(client, tables.jobs);

  /** What belongs to a connector, page by page. */
  const pagesOf = (
    ref: ConnectorRef,
    source: Pick<QueryCommandInput, "TableName" | "IndexName" | "ConsistentRead" | "ProjectionExpression">,
  ) =>
    paginateQuery(
      { client, pageSize: itemsOnPage },
      {
        ...source,
        KeyConditionExpression: "connector_arn = :arn",
        ExpressionAttributeValues: { ":arn": connectorArn(ref) },
      },
    );

  /** Deletes a job if it has ended, and its container with it as far as one can tell. */
  async function deleteJob(ref: ConnectorRef, jobId: string): Promise<"deleted" | "gone" | "kept"> {
    const job = { tenant: ref.tenant, jobId };
    const ended = all(
      isStill("connector_arn", connectorArn(ref)),
      isOneOf("status", jobStatuses.filter(isFinal)),
      isBefore("released_at", new Date(clock().getTime() - releasedRests * 1000).toISOString()),
    );
    const command = new DeleteCommand({ TableName: tables.jobs, Key: jobKey(job), ...conditionExpression(ended) });
    if (await ifConditionHolds(() => client.send(command))) return "deleted";
    // The index may still tell of a job that was deleted a moment ago.
    return (await find(job)) ? "kept" : "gone";
  }

  return {
    async *documents(ref: ConnectorRef): AsyncGenerator<DeletedPage> {
      const source = { TableName: tables.documents, ProjectionExpression: "document_id", ConsistentRead: true };
      for await (const { Items = [] } of pagesOf(ref, source)) {
        const ids = documentIds.parse(Items);
        const deletes = ids.map((id) => ({ DeleteRequest: { Key: documentKey(ref, id) } }));
        await writeInBatches(client, tables.documents, deletes);
        yield { deleted: ids.length, kept: 0 };
      }
    },

    /** Only jobs that have ended: one that has not still holds something, or has a container, and is left to whoever ends that. */
    async *jobs(ref: ConnectorRef): AsyncGenerator<DeletedPage> {
      const source = { TableName: tables.jobs, IndexName: jobIndexes.byConnector, ProjectionExpression: "job_id" };
      for await (const { Items = [] } of pagesOf(ref, source)) {
        const outcomes = await Promise.all(jobIds.parse(Items).map((id) => deleteJob(ref, id)));
        const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
        yield { deleted: count("deleted"), kept: count("kept") };
      }
    },
  };
}
