import { deletionPrefix } from "../model/keys.ts";

/**
 * The changes of the connectors table that the deletion is told of, as patterns of a stream's filter (AWS Lambda: Control
 * which events Lambda sends to your function): a connector was removed, and what it left behind takes longer to delete.
 * The end of a deletion is none of these.
 */
export const deletionChanges = [
  {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { Keys: { connector_id: { S: [{ prefix: deletionPrefix }] } } },
  },
] as const;
