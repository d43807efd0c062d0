import { RequestError } from "../../runtime/errors.ts";
import type { Logger } from "../../runtime/logger.ts";
import { count, type Metrics } from "../../runtime/metrics.ts";
import { metricNames } from "../contract/metrics.ts";
import type { ScheduleRemoval } from "../schedules/schedules.ts";
import type { StartRequest } from "../schedules/start-request.ts";
import type { JobReader } from "../store/job-reader.ts";
import type { JobStarter } from "../store/job-starter.ts";
import { scheduledJobId } from "./job-id.ts";

export interface Dependencies {
  readonly jobs: JobReader & JobStarter;
  readonly schedules: ScheduleRemoval;
  readonly clock: () => Date;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Starts the job of one time of a connector's schedule, once, however often it is asked. While another job holds the
 * connector, and when the tenant has as many jobs as it may, the time goes by: the schedule has a next one. The schedule
 * of a connector that is gone is deleted.
 *
 * @throws whatever may be gone at the next try
 */
export async function startOnTime(request: StartRequest, deps: Dependencies): Promise<void> {
  const { jobs, schedules, clock, logger, metrics } = deps;
  const { tenant, environment, scheduled_time } = request;
  const connector = { tenant, connectorId: request.connector_id };
  const jobId = scheduledJobId(connector, scheduled_time);
  try {
    await jobs.start({ connector, jobId, environment }, clock());
    return logger.info("started", { job_id: jobId });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (await jobs.find({ tenant, jobId })) return logger.info("started by an earlier delivery", { job_id: jobId });
    if (error.code === "NotFound") {
      await schedules.remove(connector);
      return logger.warn("the connector is gone: its schedule is deleted");
    }
    if (error.code === "LimitExceeded") {
      metrics.record({ [metricNames.startsOverQuota]: count(1) });
      return logger.warn("the tenant has as many jobs under way as it may: skipped");
    }
    if (error.code !== "Conflict") throw error;
    metrics.record({ [metricNames.startsSkipped]: count(1) });
    return logger.info("the connector is in use by a job: skipped");
  }
}
