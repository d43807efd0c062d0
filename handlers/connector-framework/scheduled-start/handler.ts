import type { Context } from "aws-lambda";
import { startRequest } from "../schedules/start-request.ts";
import { type Dependencies, startOnTime } from "./start.ts";

/** Starts what Scheduler asks for; a failure makes Lambda deliver the request again, and at last to the dead letters. */
export const scheduledStart =
  (deps: Dependencies) =>
  async (event: unknown, context: Context): Promise<void> => {
    deps.logger.addContext(context);
    const request = startRequest.parse(event);
    const { tenant, connector_id, scheduled_time } = request;
    deps.logger.appendKeys({ tenant, connector_id, scheduled_time });
    try {
      await startOnTime(request, deps);
    } catch (error) {
      deps.logger.error("not done: delivered again", { error });
      throw error;
    } finally {
      deps.logger.resetKeys();
    }
  };
