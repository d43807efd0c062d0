import { restHandler } from "../../runtime/api/rest-handler.ts";
import { createDocumentClient, createKmsClient, createSchedulerClient } from "../../runtime/aws-clients.ts";
import { derivedKey } from "../../runtime/derived-key.ts";
import { pageTokens } from "../../runtime/dynamodb/page-token.ts";
import { lambdaEnvironment, readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { randomIds } from "../model/ids.ts";
import { scheduleStore } from "../schedules/schedules.ts";
import { checkpointStore } from "../store/checkpoints.ts";
import { connectorStore } from "../store/connectors.ts";
import { documentStore } from "../store/documents.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { jobStore } from "../store/jobs.ts";
import { environment } from "./environment.ts";
import { operations } from "./operations.ts";

const { AWS_REGION } = readEnvironment(lambdaEnvironment);
const variables = readEnvironment(environment);
const tables = { connectors: variables.CONNECTORS_TABLE, jobs: variables.JOBS_TABLE };
const client = createDocumentClient();
const tokens = pageTokens(derivedKey(createKmsClient(), variables.PAGE_TOKEN_KEY, "page tokens"));

const stores = {
  connectors: connectorStore(client, { table: tables.connectors, tokens, quota: variables.CONNECTOR_QUOTA }),
  checkpoints: checkpointStore(client, tables.connectors),
  jobs: jobStore(client, { tables, tokens, quota: variables.JOB_QUOTA }),
  progress: jobProgressStore(client, tables),
  documents: documentStore(client, variables.DOCUMENTS_TABLE, tokens),
  schedules: scheduleStore(createSchedulerClient(), variables.SCHEDULE_GROUP, {
    function: variables.SCHEDULE_FUNCTION,
    role: variables.SCHEDULE_ROLE,
    deadLetters: variables.SCHEDULE_DEAD_LETTERS,
  }),
};

/** Serves the connector framework's API behind a REST API's proxy integration. */
export const handler = restHandler(
  connectorFrameworkApi,
  operations({
    stores,
    allowed: { roles: variables.CONNECTOR_ROLES, images: variables.CONNECTOR_IMAGES },
    clock: () => new Date(),
    ids: randomIds,
    region: AWS_REGION,
  }),
  createLogger("connector-framework-api"),
);
