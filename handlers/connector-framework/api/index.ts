import { restHandler } from "../../runtime/api/rest-handler.ts";
import { createDocumentClient } from "../../runtime/aws-clients.ts";
import { lambdaEnvironment, readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { randomIds } from "../model/ids.ts";
import { checkpointStore } from "../store/checkpoints.ts";
import { connectorStore } from "../store/connectors.ts";
import { documentStore } from "../store/documents.ts";
import { jobStore } from "../store/jobs.ts";
import { environment } from "./environment.ts";
import { operations } from "./operations.ts";

const { AWS_REGION } = readEnvironment(lambdaEnvironment);
const { CONNECTORS_TABLE, JOBS_TABLE, DOCUMENTS_TABLE } = readEnvironment(environment);
const client = createDocumentClient();

const stores = {
  connectors: connectorStore(client, CONNECTORS_TABLE),
  checkpoints: checkpointStore(client, CONNECTORS_TABLE),
  jobs: jobStore(client, { connectors: CONNECTORS_TABLE, jobs: JOBS_TABLE }),
  documents: documentStore(client, DOCUMENTS_TABLE),
};

/** Serves the connector framework's API behind a REST API's proxy integration. */
export const handler = restHandler(
  connectorFrameworkApi,
  operations({ stores, clock: () => new Date(), ids: randomIds, region: AWS_REGION }),
  createLogger("connector-framework-api"),
);
