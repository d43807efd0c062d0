import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { writeInBatches } from "../../runtime/dynamodb/batch-write.ts";
import { fillPage, type Page, type PageRequest } from "../../runtime/dynamodb/page.ts";
import type { PageTokens } from "../../runtime/dynamodb/page-token.ts";
import { untilAllProcessed } from "../../runtime/dynamodb/unprocessed.ts";
import { documentId } from "../contract/schemas.ts";
import { type ConnectorRef, connectorArn, documentKey } from "../model/keys.ts";

export type DocumentStore = ReturnType<typeof documentStore>;

const storedDocument = z.object({
  connector_arn: z.string(),
  document_id: z.string(),
  checksum: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Document = z.output<typeof storedDocument>;

type GetRequests = NonNullable<BatchGetCommandInput["RequestItems"]>;

/** Document checksums, in the documents table. Callers have made sure that the connector exists. */
export function documentStore(client: DynamoDBDocumentClient, table: string, tokens: PageTokens) {
  /** When those documents that are there already were first recorded; at most 100 of them, as BatchGetItem takes. */
  async function firstRecorded(ref: ConnectorRef, ids: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const keys = ids.map((id) => documentKey(ref, id));
    const request: GetRequests = {
      [table]: { Keys: keys, ProjectionExpression: "document_id, created_at", ConsistentRead: true },
    };
    await untilAllProcessed<GetRequests>(request, async (request) => {
      const result = await client.send(new BatchGetCommand({ RequestItems: request }));
      const items = z.array(storedDocument.pick({ document_id: true, created_at: true }));
      for (const { document_id, created_at } of items.parse(result.Responses?.[table] ?? []))
        found.set(document_id, created_at);
      return result.UnprocessedKeys;
    });
    return found;
  }

  return {
    /**
     * Records at most 100 documents, no id twice; one that is recorded already keeps its `created_at`.
     *
     * @throws RequestError `Unavailable` when DynamoDB does not take them all in time; some may be recorded
     */
    async put(ref: ConnectorRef, documents: readonly Pick<Document, "document_id" | "checksum">[], now: Date) {
      const time = now.toISOString();
      const ids = documents.map(({ document_id }) => document_id);
      const known = await firstRecorded(ref, ids);
      await writeInBatches(
        client,
        table,
        documents.map(({ document_id, checksum }) => {
          const created_at = known.get(document_id) ?? time;
          const item: Document = { ...documentKey(ref, document_id), checksum, created_at, updated_at: time };
          return { PutRequest: { Item: item } };
        }),
      );
    },

    /**
     * Forgets documents, those there are.
     *
     * @throws RequestError `Unavailable` when DynamoDB does not take them all in time; some may be forgotten
     */
    async remove(ref: ConnectorRef, ids: readonly string[]): Promise<void> {
      await writeInBatches(
        client,
        table,
        [...new Set(ids)].map((id) => ({ DeleteRequest: { Key: documentKey(ref, id) } })),
      );
    },

    /** A connector's documents by id. */
    async list(ref: ConnectorRef, { limit, token }: PageRequest): Promise<Page<Document>> {
      const arn = connectorArn(ref);
      const position = z.strictObject({ connector_arn: z.literal(arn), document_id: documentId });
      const tokenOf = ({ document_id }: Document) => tokens.write(documentKey(ref, document_id));
      return fillPage({ limit, start: await tokens.read(position, token), tokenOf }, async (limit, start) => {
        const result = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "connector_arn = :arn",
            ExpressionAttributeValues: { ":arn": arn },
            Limit: limit,
            ExclusiveStartKey: start,
            ConsistentRead: true,
          }),
        );
        return { items: z.array(storedDocument).parse(result.Items ?? []), last: result.LastEvaluatedKey };
      });
    },
  };
}
