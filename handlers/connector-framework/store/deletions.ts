import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds } from "../../runtime/dynamodb/contention.ts";
import { exists, updateExpression } from "../../runtime/dynamodb/expressions.ts";
import { type ConnectorRef, deletionKey } from "../model/keys.ts";

export type Deletions = ReturnType<typeof deletionStore>;

const storedDeletion = z.object({ deletion_requested_at: z.iso.datetime() });

/**
 * The connectors that are gone and whose belongings are to follow, in the connectors table. An item is written in the
 * transaction that removes the connector, so it proves that there is none; and no connector of its id is created while it
 * is there.
 */
export const deletionStore = (client: DynamoDBDocumentClient, table: string) => ({
  /** When the connector was removed; undefined when nothing of it is left to delete. */
  async find(ref: ConnectorRef): Promise<Date | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName: table, Key: deletionKey(ref), ConsistentRead: true }),
    );
    return item && new Date(storedDeletion.parse(item).deletion_requested_at);
  },

  /** Has the stream tell of the deletion once more, unless it is complete. */
  async continueLater(ref: ConnectorRef, now: Date): Promise<void> {
    const command = new UpdateCommand({
      TableName: table,
      Key: deletionKey(ref),
      ...updateExpression({ set: { continued_at: now.toISOString() } }, exists("deletion_requested_at")),
    });
    await ifConditionHolds(() => client.send(command));
  },

  async complete(ref: ConnectorRef): Promise<void> {
    await client.send(new DeleteCommand({ TableName: table, Key: deletionKey(ref) }));
  },
});
