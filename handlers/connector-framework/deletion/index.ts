import { createDocumentClient, createSchedulerClient } from "../../runtime/aws-clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { scheduleRemoval } from "../schedules/schedules.ts";
import { deletionStore } from "../store/deletions.ts";
import { environment } from "./environment.ts";
import { deletion } from "./handler.ts";
import { leftovers } from "./leftovers.ts";

const { CONNECTORS_TABLE, JOBS_TABLE, DOCUMENTS_TABLE, SCHEDULE_GROUP } = readEnvironment(environment);
const client = createDocumentClient();

/** Deletes what removed connectors left behind. */
export const handler = deletion({
  deletions: deletionStore(client, CONNECTORS_TABLE),
  leftovers: leftovers(client, { jobs: JOBS_TABLE, documents: DOCUMENTS_TABLE }, () => new Date()),
  schedules: scheduleRemoval(createSchedulerClient(), SCHEDULE_GROUP),
  clock: () => new Date(),
  logger: createLogger("connector-framework-deletion"),
});
