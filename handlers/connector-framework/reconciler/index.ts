import { createBatchClient, createDocumentClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { jobControl } from "../batch/job-control.ts";
import { jobLists } from "../batch/job-lists.ts";
import { metricsNamespace } from "../contract/metrics.ts";
import { measuringEnds } from "../metrics/job-ends.ts";
import { deletionStore } from "../store/deletions.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { openWork } from "../store/open-work.ts";
import { environment } from "./environment.ts";
import { reconciler } from "./handler.ts";

const variables = readEnvironment(environment);
const tables = { connectors: variables.CONNECTORS_TABLE, jobs: variables.JOBS_TABLE };
const metrics = createMetrics(metricsNamespace, variables.METRICS_SERVICE);
const dynamoDb = createDocumentClient();
const batch = createBatchClient({ attempts: 4 });

/** Repairs what was lost on the way. */
export const handler = reconciler({
  openWork: openWork(dynamoDb, tables),
  jobs: measuringEnds(jobProgressStore(dynamoDb, tables), metrics),
  deletions: deletionStore(dynamoDb, tables.connectors),
  batch: { ...jobControl(batch), ...jobLists(batch, [variables.JOB_QUEUE, variables.SPOT_JOB_QUEUE]) },
  waitingLimit: variables.WAITING_LIMIT_SECONDS,
  clock: () => new Date(),
  logger: createLogger("connector-framework-reconciler"),
  metrics,
});
