import { createDocumentClient, createSchedulerClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { metricsNamespace } from "../contract/metrics.ts";
import { scheduleRemoval } from "../schedules/schedules.ts";
import { jobReader } from "../store/job-reader.ts";
import { jobStarter } from "../store/job-starter.ts";
import { environment } from "./environment.ts";
import { scheduledStart } from "./handler.ts";

const variables = readEnvironment(environment);
const tables = { connectors: variables.CONNECTORS_TABLE, jobs: variables.JOBS_TABLE };
const client = createDocumentClient();

/** Starts jobs at their schedules' times. */
export const handler = scheduledStart({
  jobs: { ...jobReader(client, tables.jobs), ...jobStarter(client, { tables, quota: variables.JOB_QUOTA }) },
  schedules: scheduleRemoval(createSchedulerClient(), variables.SCHEDULE_GROUP),
  clock: () => new Date(),
  logger: createLogger("connector-framework-scheduled-start"),
  metrics: createMetrics(metricsNamespace, variables.METRICS_SERVICE),
});
