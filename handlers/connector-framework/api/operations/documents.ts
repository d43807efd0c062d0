import type { Dependencies } from "../dependencies.ts";
import type { ConnectorFrameworkOperations } from "../operation-types.ts";
import { connectorOf } from "../scope.ts";

type DocumentOperations = Pick<
  ConnectorFrameworkOperations,
  "BatchPutCustomConnectorDocuments" | "BatchDeleteCustomConnectorDocuments" | "ListCustomConnectorDocuments"
>;

export const documentOperations = (deps: Dependencies): DocumentOperations => {
  const { connectors, documents } = deps.stores;
  return {
    async BatchPutCustomConnectorDocuments({ connector_id, documents: recorded }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      await documents.put(connector, recorded, deps.clock());
      return undefined;
    },

    async BatchDeleteCustomConnectorDocuments({ connector_id, document_ids }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      await documents.remove(connector, document_ids);
      return undefined;
    },

    async ListCustomConnectorDocuments({ connector_id, max_results, next_token }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      const page = await documents.list(connector, { limit: max_results, token: next_token });
      const answers = page.items.map(({ connector_arn: _, ...document }) => document);
      return { documents: answers, next_token: page.nextToken };
    },
  };
};
