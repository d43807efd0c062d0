import { setTimeout as sleep } from "node:timers/promises";
import { createBatchClient, createDocumentClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { connectorStore } from "../store/connectors.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { batchJobs } from "./batch-jobs.ts";
import { environment } from "./environment.ts";
import { orchestrator } from "./handler.ts";

const variables = readEnvironment(environment);
const { CONNECTORS_TABLE, JOBS_TABLE } = variables;
const client = createDocumentClient();

/** Turns the jobs table's stream into Batch jobs. */
export const handler = orchestrator({
  connectors: connectorStore(client, CONNECTORS_TABLE),
  jobs: jobProgressStore(client, { connectors: CONNECTORS_TABLE, jobs: JOBS_TABLE }),
  batch: batchJobs(
    { client: createBatchClient({ attempts: 4 }), submitter: createBatchClient({ attempts: 1 }) },
    variables.JOB_QUEUE,
  ),
  settings: {
    apiEndpoint: variables.API_ENDPOINT,
    logGroup: variables.JOB_LOG_GROUP,
    assignPublicIp: variables.ASSIGN_PUBLIC_IP,
  },
  clock: () => new Date(),
  sleep,
  logger: createLogger("connector-framework-orchestrator"),
});
