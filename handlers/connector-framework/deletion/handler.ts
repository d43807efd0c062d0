import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import * as z from "zod";
import { type ConnectorRef, deletionPrefix, isConnectorId } from "../model/keys.ts";
import { type Dependencies, deleteLeftovers } from "./delete-leftovers.ts";

/** Of a record only the key is read: that the connector is gone is told by the item as it is now. */
const deletionRecord = z.object({
  dynamodb: z.object({
    Keys: z.object({
      custom_connector_arn_prefix: z.object({ S: z.string() }),
      connector_id: z.object({
        S: z
          .string()
          .startsWith(deletionPrefix)
          .transform((key) => key.slice(deletionPrefix.length))
          .refine(isConnectorId),
      }),
    }),
  }),
});

/**
 * Carries on the deletion of each record of the connectors table's stream, one after the other, and reports those that
 * failed: the stream delivers from the first of them again.
 */
export function deletion(
  deps: Omit<Dependencies, "remainingMilliseconds">,
): (event: DynamoDBStreamEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<DynamoDBBatchResponse> {
  async function carryOut(record: DynamoDBRecord, remainingMilliseconds: () => number): Promise<void> {
    const ref = connectorOf(record);
    deps.logger.appendKeys({ tenant: ref.tenant, connector_id: ref.connectorId });
    try {
      await deleteLeftovers(ref, { ...deps, remainingMilliseconds });
    } catch (error) {
      deps.logger.error("not done: delivered again", { error });
      throw error;
    } finally {
      deps.logger.resetKeys();
    }
  }

  return async (event, context) => {
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    return processPartialResponse(
      event,
      (record: DynamoDBRecord) => carryOut(record, remainingMilliseconds),
      new BatchProcessor(EventType.DynamoDBStreams),
      { processInParallel: false, throwOnFullBatchFailure: false },
    );
  };
}

function connectorOf(record: DynamoDBRecord): ConnectorRef {
  const { custom_connector_arn_prefix, connector_id } = deletionRecord.parse(record).dynamodb.Keys;
  return { tenant: custom_connector_arn_prefix.S, connectorId: connector_id.S };
}
