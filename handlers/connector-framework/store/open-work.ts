import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type ConnectorRef, connectorIndexes, deletionPrefix, type JobRef, jobIndexes } from "../model/keys.ts";

export type OpenWork = ReturnType<typeof openWork>;

/** Where a scan is: the key it goes on after. */
export type ScanPosition = Readonly<Record<string, string>>;

/** A part of what a scan finds. */
export interface ScannedPage<Item> {
  /** Where the scan was before it; undefined at its beginning. */
  readonly from: ScanPosition | undefined;
  readonly items: readonly Item[];
}

/** A connector and the job that holds it. */
export interface HeldConnector {
  readonly connector: ConnectorRef;
  readonly jobId: string;
}

/** Of a connector that is gone: what it left behind is to be deleted. */
export interface Deletion {
  readonly connector: ConnectorRef;
  readonly requestedAt: string;
}

const position = z.record(z.string(), z.string());

const openJob = z
  .object({ custom_connector_arn_prefix: z.string(), job_id: z.string() })
  .transform(({ custom_connector_arn_prefix: tenant, job_id: jobId }): JobRef => ({ tenant, jobId }));

const heldConnector = z
  .object({ custom_connector_arn_prefix: z.string(), connector_id: z.string(), current_job_id: z.string() })
  .transform(
    ({ custom_connector_arn_prefix: tenant, connector_id: connectorId, current_job_id: jobId }): HeldConnector => ({
      connector: { tenant, connectorId },
      jobId,
    }),
  );

const deletion = z
  .object({
    custom_connector_arn_prefix: z.string(),
    connector_id: z.string().startsWith(deletionPrefix),
    deletion_requested_at: z.string(),
  })
  .transform(
    ({ custom_connector_arn_prefix: tenant, connector_id, deletion_requested_at: requestedAt }): Deletion => ({
      connector: { tenant, connectorId: connector_id.slice(deletionPrefix.length) },
      requestedAt,
    }),
  );

/**
 * What is not at its end, of all tenants, by the indexes that hold nothing else. They lag behind by moments: what they
 * tell is to be read again before anything is done about it.
 */
export function openWork(
  client: DynamoDBDocumentClient,
  tables: { readonly connectors: string; readonly jobs: string },
) {
  async function* scan<Item>(
    { table, index, item }: { table: string; index: string; item: z.ZodType<Item> },
    start: ScanPosition | undefined,
  ): AsyncGenerator<ScannedPage<Item>> {
    let from = start;
    do {
      const { Items: items = [], LastEvaluatedKey: last } = await client.send(
        new ScanCommand({ TableName: table, IndexName: index, Limit: 100, ExclusiveStartKey: from }),
      );
      yield { from, items: z.array(item).parse(items) };
      from = last && position.parse(last);
    } while (from);
  }

  return {
    /** Jobs that have not ended. */
    jobs: (from?: ScanPosition) => scan({ table: tables.jobs, index: jobIndexes.open, item: openJob }, from),

    /** Connectors that a job holds. */
    heldConnectors: (from?: ScanPosition) =>
      scan({ table: tables.connectors, index: connectorIndexes.inUse, item: heldConnector }, from),

    /** Connectors whose jobs and documents are to be deleted. */
    deletions: (from?: ScanPosition) =>
      scan({ table: tables.connectors, index: connectorIndexes.deletions, item: deletion }, from),
  };
}
