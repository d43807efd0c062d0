import { BatchClient } from "@aws-sdk/client-batch";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { jobControl } from "../../handlers/connector-framework/batch/job-control.ts";
import { jobLists } from "../../handlers/connector-framework/batch/job-lists.ts";
import { measuringEnds } from "../../handlers/connector-framework/metrics/job-ends.ts";
import { connectorKey, usageKey } from "../../handlers/connector-framework/model/keys.ts";
import {
  type Dependencies,
  type Position,
  reconcile,
} from "../../handlers/connector-framework/reconciler/reconcile.ts";
import { deletionStore } from "../../handlers/connector-framework/store/deletions.ts";
import { jobProgressStore } from "../../handlers/connector-framework/store/job-progress.ts";
import { openWork } from "../../handlers/connector-framework/store/open-work.ts";
import { createDocumentClient } from "../../handlers/runtime/aws-clients.ts";
import type { Metrics } from "../../handlers/runtime/metrics.ts";
import { silent } from "./connector-framework.ts";
import { tables } from "./connector-framework-tables.ts";
import { queues, startJobRuns } from "./job-runs.ts";
import type { ScriptedJob } from "./scripted-batch.ts";

/** What a test records of metrics: values by name, and dimensions if there are any. */
export interface Recorded {
  readonly values: Readonly<Record<string, number>>;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Metrics that a test can look at. */
export function recordingMetrics(): Metrics & { readonly recorded: Recorded[] } {
  const recorded: Recorded[] = [];
  return {
    recorded,
    record(values, dimensions = {}) {
      const plain = Object.entries(values).map(([name, { value }]) => [name, value] as const);
      recorded.push({ values: Object.fromEntries(plain), dimensions });
    },
  };
}

/** Seconds a job may wait in Batch, in these tests. */
export const waitingLimit = 1800;

/** The whole life of jobs, and the reconciler beside it. */
export async function startReconciledRuns() {
  const runs = await startJobRuns();
  const client = createDocumentClient();
  const batchClient = new BatchClient({ endpoint: runs.batch.endpoint, maxAttempts: 1 });
  const metrics = recordingMetrics();
  const deps: Dependencies = {
    openWork: openWork(client, tables),
    jobs: measuringEnds(jobProgressStore(client, tables), metrics),
    deletions: deletionStore(client, tables.connectors),
    batch: { ...jobControl(batchClient), ...jobLists(batchClient, Object.values(queues)) },
    waitingLimit,
    clock: runs.clock,
    logger: silent,
    metrics,
    remainingMilliseconds: () => 300_000,
  };

  /** Runs it once. */
  const reconciliation = (changes: Partial<Dependencies> = {}, position?: Position) =>
    reconcile({ ...deps, ...changes }, position);

  return {
    ...runs,
    client,
    deps,
    recorded: metrics.recorded,
    reconciliation,
    /** Runs it once, to its end and without a failure, and tells how many repairs of each kind it made. */
    async repairs(changes?: Partial<Dependencies>): Promise<Record<string, number>> {
      const { repairs, failures, leftOff } = await reconciliation(changes);
      expect({ failures, leftOff }).toEqual({ failures: 0, leftOff: undefined });
      return Object.fromEntries(repairs);
    },
    passSeconds(seconds: number): void {
      runs.time.now += seconds * 1000;
    },
    /** A job that Batch has. Its container does not run yet. */
    async submitted(): Promise<{ connectorId: string; jobId: string; batchJob: ScriptedJob }> {
      const started = await runs.started();
      expect(await runs.deliver(started.jobId)).toEqual([]);
      const [batchJob] = runs.batch.jobsNamed(started.jobId);
      if (!batchJob) throw new Error("not submitted");
      return { ...started, batchJob };
    },
    /** Has the container run since now; no event tells of it. */
    run(batchJob: ScriptedJob): void {
      batchJob.status = "RUNNING";
      batchJob.detail = { ...batchJob.detail, startedAt: runs.time.now };
    },
    /** Has the container end; no event tells of it. */
    exit(batchJob: ScriptedJob, exitCode: number): void {
      batchJob.status = exitCode === 0 ? "SUCCEEDED" : "FAILED";
      batchJob.exitCode = exitCode;
      batchJob.detail = { ...batchJob.detail, stoppedAt: runs.time.now };
    },
    /** Jobs of the tenant that are counted as under way. */
    async jobsInUse(): Promise<number> {
      const { Item } = await client.send(new GetCommand({ TableName: tables.connectors, Key: usageKey(runs.tenant) }));
      return z.object({ jobs: z.number() }).parse(Item).jobs;
    },
    /** Gives a connector to a job, as no one should. */
    async giveByHand(connectorId: string, jobId: string): Promise<void> {
      await client.send(
        new UpdateCommand({
          TableName: tables.connectors,
          Key: connectorKey({ tenant: runs.tenant, connectorId }),
          UpdateExpression: "SET #status = :in_use, current_job_id = :job",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":in_use": "IN_USE", ":job": jobId },
        }),
      );
    },
    async stop(): Promise<void> {
      batchClient.destroy();
      client.destroy();
      await runs.stop();
    },
  };
}

export type ReconciledRuns = Awaited<ReturnType<typeof startReconciledRuns>>;
