import { notFound } from "../../../runtime/errors.ts";
import type { Dependencies } from "../dependencies.ts";
import type { ConnectorFrameworkOperations } from "../operation-types.ts";
import { connectorOf } from "../scope.ts";

type CheckpointOperations = Pick<
  ConnectorFrameworkOperations,
  "PutCustomConnectorCheckpoint" | "GetCustomConnectorCheckpoint" | "DeleteCustomConnectorCheckpoint"
>;

const noCheckpoint = (connectorId: string) => notFound(`connector ${connectorId} has no checkpoint`);

export const checkpointOperations = (deps: Dependencies): CheckpointOperations => {
  const { connectors, checkpoints } = deps.stores;
  return {
    async PutCustomConnectorCheckpoint({ connector_id, checkpoint_data }, caller) {
      await checkpoints.put(connectorOf(deps, caller, connector_id), checkpoint_data, deps.clock());
      return undefined;
    },

    async GetCustomConnectorCheckpoint({ connector_id }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      const checkpoint = await checkpoints.find(connector);
      if (!checkpoint) throw noCheckpoint(connector_id);
      return { checkpoint: { connector_id, ...checkpoint } };
    },

    async DeleteCustomConnectorCheckpoint({ connector_id }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      if (!(await checkpoints.remove(connector))) throw noCheckpoint(connector_id);
      return undefined;
    },
  };
};
