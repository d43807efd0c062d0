import { setTimeout as sleep } from "node:timers/promises";
import { createBatchClient, createDocumentClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { metricsNamespace } from "../contract/metrics.ts";
import { measuringEnds } from "../metrics/job-ends.ts";
import { connectorReader } from "../store/connector-reader.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { batchJobs } from "./batch-jobs.ts";
import { environment } from "./environment.ts";
import { orchestrator } from "./handler.ts";

const variables = readEnvironment(environment);
const { CONNECTORS_TABLE, JOBS_TABLE } = variables;
const client = createDocumentClient();
const jobs = jobProgressStore(client, { connectors: CONNECTORS_TABLE, jobs: JOBS_TABLE });

/** Turns the jobs table's stream into Batch jobs. */
export const handler = orchestrator({
  connectors: connectorReader(client, CONNECTORS_TABLE),
  jobs: measuringEnds(jobs, createMetrics(metricsNamespace, variables.METRICS_SERVICE)),
  batch: batchJobs(
    { client: createBatchClient({ attempts: 4 }), submitter: createBatchClient({ attempts: 1 }) },
    { ON_DEMAND: variables.JOB_QUEUE, SPOT: variables.SPOT_JOB_QUEUE },
  ),
  allowed: { roles: variables.CONNECTOR_ROLES, images: variables.CONNECTOR_IMAGES },
  settings: {
    apiEndpoint: variables.API_ENDPOINT,
    logGroup: variables.JOB_LOG_GROUP,
    assignPublicIp: variables.ASSIGN_PUBLIC_IP,
  },
  clock: () => new Date(),
  sleep,
  logger: createLogger("connector-framework-orchestrator"),
});
