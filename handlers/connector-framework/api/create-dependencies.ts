import type * as z from "zod";
import { createDocumentClient, createKmsClient, createSchedulerClient } from "../../runtime/aws-clients.ts";
import { derivedKey } from "../../runtime/derived-key.ts";
import { pageTokens } from "../../runtime/dynamodb/page-token.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { metricsNamespace } from "../contract/metrics.ts";
import { measuringEnds } from "../metrics/job-ends.ts";
import { scheduleStore } from "../schedules/schedules.ts";
import { checkpointStore } from "../store/checkpoints.ts";
import { connectorStore } from "../store/connectors.ts";
import { documentStore } from "../store/documents.ts";
import { jobProgressStore } from "../store/job-progress.ts";
import { jobStore } from "../store/jobs.ts";
import type { Dependencies } from "./dependencies.ts";
import type { environment } from "./environment.ts";

/** What the operations need, for a function that is told of it by these variables. Made once for each process. */
export function createDependencies(
  variables: z.output<typeof environment>,
  region: string,
  client = createDocumentClient(),
): Omit<Dependencies, "ids"> {
  const tables = { connectors: variables.CONNECTORS_TABLE, jobs: variables.JOBS_TABLE };
  const tokens = pageTokens(derivedKey(createKmsClient(), variables.PAGE_TOKEN_KEY, "page tokens"));
  const metrics = createMetrics(metricsNamespace, variables.METRICS_SERVICE);
  return {
    stores: {
      connectors: connectorStore(client, { table: tables.connectors, tokens, quota: variables.CONNECTOR_QUOTA }),
      checkpoints: checkpointStore(client, tables.connectors),
      jobs: jobStore(client, { tables, tokens, quota: variables.JOB_QUOTA }),
      progress: measuringEnds(jobProgressStore(client, tables), metrics),
      documents: documentStore(client, variables.DOCUMENTS_TABLE, tokens),
      schedules: scheduleStore(createSchedulerClient(), variables.SCHEDULE_GROUP, {
        function: variables.SCHEDULE_FUNCTION,
        role: variables.SCHEDULE_ROLE,
        deadLetters: variables.SCHEDULE_DEAD_LETTERS,
      }),
    },
    allowed: { roles: variables.CONNECTOR_ROLES, images: variables.CONNECTOR_IMAGES },
    clock: () => new Date(),
    region,
  };
}
