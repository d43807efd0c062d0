import * as z from "zod";
import { tableStreamHandler } from "../../runtime/table-stream.ts";
import { type ConnectorRef, deletionPrefix, isConnectorId } from "../model/keys.ts";
import { type Dependencies, deleteLeftovers } from "./delete-leftovers.ts";

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

/** Carries on the deletion of each record of the connectors table's stream. */
export const deletion = (deps: Omit<Dependencies, "remainingMilliseconds">) =>
  tableStreamHandler<ConnectorRef>({
    refOf(record) {
      const { custom_connector_arn_prefix, connector_id } = deletionRecord.parse(record).dynamodb.Keys;
      return { tenant: custom_connector_arn_prefix.S, connectorId: connector_id.S };
    },
    keysOf: ({ tenant, connectorId }) => ({ tenant, connector_id: connectorId }),
    act: (ref, time) => deleteLeftovers(ref, { ...deps, ...time }),
    logger: deps.logger,
  });
