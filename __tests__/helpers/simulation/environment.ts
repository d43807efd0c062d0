import type { HttpResponse } from "@smithy/protocol-http";
import { operations } from "../../../handlers/connector-framework/api/operations.ts";
import { jobControl } from "../../../handlers/connector-framework/batch/job-control.ts";
import { jobLists } from "../../../handlers/connector-framework/batch/job-lists.ts";
import { deletion } from "../../../handlers/connector-framework/deletion/handler.ts";
import { leftovers } from "../../../handlers/connector-framework/deletion/leftovers.ts";
import { jobStatus } from "../../../handlers/connector-framework/job-status/handler.ts";
import { measuringEnds } from "../../../handlers/connector-framework/metrics/job-ends.ts";
import type { Ids } from "../../../handlers/connector-framework/model/ids.ts";
import { batchJobs } from "../../../handlers/connector-framework/orchestrator/batch-jobs.ts";
import { orchestrator } from "../../../handlers/connector-framework/orchestrator/handler.ts";
import { reconcile } from "../../../handlers/connector-framework/reconciler/reconcile.ts";
import { scheduleRemoval, scheduleStore } from "../../../handlers/connector-framework/schedules/schedules.ts";
import { checkpointStore } from "../../../handlers/connector-framework/store/checkpoints.ts";
import { connectorReader } from "../../../handlers/connector-framework/store/connector-reader.ts";
import { connectorStore } from "../../../handlers/connector-framework/store/connectors.ts";
import { deletionStore } from "../../../handlers/connector-framework/store/deletions.ts";
import { documentStore } from "../../../handlers/connector-framework/store/documents.ts";
import { jobProgressStore } from "../../../handlers/connector-framework/store/job-progress.ts";
import { jobStore } from "../../../handlers/connector-framework/store/jobs.ts";
import { openWork } from "../../../handlers/connector-framework/store/open-work.ts";
import {
  createBatchClient,
  createDocumentClient,
  createSchedulerClient,
} from "../../../handlers/runtime/aws-clients.ts";
import { allowed, quota, region, schedules, silent, tokens } from "../connector-framework.ts";
import { tables } from "../connector-framework-tables.ts";
import { queues, settings } from "../job-runs.ts";
import { type Request, requestHandler } from "./wire.ts";

/** Where an execution environment is used at the moment. */
export interface Placement {
  send(request: Request): Promise<HttpResponse>;
  readonly ids: Ids;
}

/** What Lambda would run functions in: clients of their own, for one invocation at a time. */
export function executionEnvironment() {
  const state: { placement: Placement | undefined; isAsNew: boolean } = { placement: undefined, isAsNew: true };
  const placement = (): Placement => {
    if (!state.placement) throw new Error("The environment is not in use");
    return state.placement;
  };
  const handler = requestHandler(async (request) => {
    const sending = placement().send(request);
    // Until it is answered well, its client may count it among those it tries again.
    const before = state.isAsNew;
    state.isAsNew = false;
    const response = await sending;
    state.isAsNew = before && response.statusCode < 429;
    return response;
  });
  const ids: Ids = {
    connectorId: () => placement().ids.connectorId(),
    jobId: () => placement().ids.jobId(),
  };
  const clients = [
    createDocumentClient(),
    createBatchClient({ attempts: 4 }),
    createBatchClient({ attempts: 1 }),
    createSchedulerClient(),
  ] as const;
  for (const { config, middlewareStack } of clients) {
    Object.assign(config, { requestHandler: handler });
    for (const name of beside) middlewareStack.remove(name);
  }
  const [client, batchClient, submitter, scheduler] = clients;

  const clock = () => new Date();
  const progress = jobProgressStore(client, tables);
  const stores = {
    connectors: connectorStore(client, { table: tables.connectors, tokens, quota }),
    checkpoints: checkpointStore(client, tables.connectors),
    jobs: jobStore(client, { tables, tokens, quota }),
    progress,
    documents: documentStore(client, tables.documents, tokens),
    schedules: scheduleStore(scheduler, schedules.group, schedules.target),
  };
  const jobs = measuringEnds(progress, unmeasured);
  const shared = { jobs, clock, logger: silent };
  return {
    state,
    api: operations({ stores, allowed, clock, ids, region }),
    orchestrate: orchestrator({
      ...shared,
      connectors: connectorReader(client, tables.connectors),
      batch: batchJobs({ client: batchClient, submitter }, queues),
      ...{ allowed, settings },
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    }),
    deleteLeftovers: deletion({
      deletions: deletionStore(client, tables.connectors),
      leftovers: leftovers(client, { jobs: tables.jobs, documents: tables.documents }, clock),
      schedules: scheduleRemoval(scheduler, schedules.group),
      ...{ clock, logger: silent },
    }),
    reconcile: (remainingMilliseconds: () => number) =>
      reconcile({
        ...shared,
        openWork: openWork(client, tables),
        deletions: deletionStore(client, tables.connectors),
        batch: { ...jobControl(batchClient), ...jobLists(batchClient, Object.values(queues)) },
        waitingLimit,
        metrics: unmeasured,
        remainingMilliseconds,
      }),
    follow: jobStatus({ ...shared, batch: jobControl(batchClient) }),
  };
}

export type ExecutionEnvironment = ReturnType<typeof executionEnvironment>;

/** Seconds a job may wait in Batch. */
const waitingLimit = 3_600;

const unmeasured = { record: () => undefined };

/** What clients do besides: none of it changes what is asked and answered, and it takes as much time as all else. */
const beside = [
  "loggerMiddleware",
  "getUserAgentMiddleware",
  "recursionDetectionMiddleware",
  "httpSigningMiddleware",
] as const;
