import type { Dependencies } from "./dependencies.ts";
import type { ConnectorFrameworkOperations } from "./operation-types.ts";
import { checkpointOperations } from "./operations/checkpoints.ts";
import { connectorOperations } from "./operations/connectors.ts";
import { documentOperations } from "./operations/documents.ts";
import { jobOperations } from "./operations/jobs.ts";
import { scheduleOperations } from "./operations/schedules.ts";

/** All that the API does. */
export const operations = (deps: Dependencies): ConnectorFrameworkOperations => ({
  ...connectorOperations(deps),
  ...jobOperations(deps),
  ...scheduleOperations(deps),
  ...checkpointOperations(deps),
  ...documentOperations(deps),
});
