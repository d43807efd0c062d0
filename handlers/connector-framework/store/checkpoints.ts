import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds, transact } from "../../runtime/dynamodb/contention.ts";
import { conditionExpression, exists, updateExpression } from "../../runtime/dynamodb/expressions.ts";
import { type ConnectorRef, checkpointKey, connectorKey, isConnectorId } from "../model/keys.ts";
import { noConnector } from "./not-found.ts";

export type CheckpointStore = ReturnType<typeof checkpointStore>;

/** Text or a JSON object. */
export type CheckpointData = string | Record<string, z.core.util.JSONType>;

/** What was checked when it came in is not looked through again. */
const checkpointData = z.custom<CheckpointData>(
  (value) => typeof value === "string" || (typeof value === "object" && value !== null && !Array.isArray(value)),
);

/** Kept as JSON text: DynamoDB's own maps would not give every number, key and depth back as it came. */
const storedCheckpoint = z.object({
  checkpoint_data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(checkpointData),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Checkpoint = z.output<typeof storedCheckpoint>;

/** Checkpoints, each an item beside its connector in the connectors table. */
export function checkpointStore(client: DynamoDBDocumentClient, table: string) {
  return {
    /** The connector's checkpoint; undefined when there is none, or no such connector. */
    async find(ref: ConnectorRef): Promise<Checkpoint | undefined> {
      const { Item: item } = await client.send(
        new GetCommand({ TableName: table, Key: checkpointKey(ref), ConsistentRead: true }),
      );
      return item && storedCheckpoint.parse(item);
    },

    /**
     * Stores a checkpoint in the place of the one before. One transaction with the look at the connector, so that a
     * checkpoint never outlives its connector.
     *
     * @throws RequestError `NotFound` when there is no such connector
     */
    async put(ref: ConnectorRef, data: CheckpointData, now: Date): Promise<void> {
      if (!isConnectorId(ref.connectorId)) throw noConnector(ref.connectorId);
      const time = now.toISOString();
      const change = {
        set: { checkpoint_data: JSON.stringify(data), updated_at: time },
        setOnce: { created_at: time },
      };
      const [failed] = await transact(client, [
        {
          ConditionCheck: {
            TableName: table,
            Key: connectorKey(ref),
            ...conditionExpression(exists("connector_id")),
          },
        },
        { Update: { TableName: table, Key: checkpointKey(ref), ...updateExpression(change) } },
      ]);
      if (failed) throw noConnector(ref.connectorId);
    },

    /** Forgets a checkpoint; false when there was none. */
    async remove(ref: ConnectorRef): Promise<boolean> {
      const command = new DeleteCommand({
        TableName: table,
        Key: checkpointKey(ref),
        ...conditionExpression(exists("connector_id")),
      });
      return (await ifConditionHolds(() => client.send(command))) !== undefined;
    },
  };
}
