import { createBatchClient, createDocumentClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { jobControl } from "../batch/job-control.ts";
import { metricsNamespace } from "../contract/metrics.ts";
import { measuringEnds } from "../metrics/job-ends.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { environment } from "./environment.ts";
import { jobStatus } from "./handler.ts";

const { CONNECTORS_TABLE, JOBS_TABLE, METRICS_SERVICE } = readEnvironment(environment);
const jobs = jobProgressStore(createDocumentClient(), { connectors: CONNECTORS_TABLE, jobs: JOBS_TABLE });

/** Brings jobs to where Batch says they are. */
export const handler = jobStatus({
  jobs: measuringEnds(jobs, createMetrics(metricsNamespace, METRICS_SERVICE)),
  batch: jobControl(createBatchClient({ attempts: 4 })),
  clock: () => new Date(),
  logger: createLogger("connector-framework-job-status"),
});
