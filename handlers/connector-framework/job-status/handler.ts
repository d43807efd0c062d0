import type { Context } from "aws-lambda";
import { batchJobStateChange } from "./event.ts";
import { type Dependencies, follow } from "./follow.ts";

/** Follows Batch's state changes; a failure makes Lambda deliver the event again, and at last to the dead letters. */
export const jobStatus =
  (deps: Dependencies) =>
  async (event: unknown, context: Context): Promise<void> => {
    deps.logger.addContext(context);
    const { detail } = batchJobStateChange.parse(event);
    const { jobName: job_id, jobId: batch_job_id, status: batch_status } = detail;
    deps.logger.appendKeys({ job_id, batch_job_id, batch_status });
    try {
      await follow(detail, deps);
    } catch (error) {
      deps.logger.error("not done: delivered again", { error });
      throw error;
    } finally {
      deps.logger.resetKeys();
    }
  };
