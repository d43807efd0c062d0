import { BatchClient, RegisterJobDefinitionCommand } from "@aws-sdk/client-batch";
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import { jobControl } from "../../handlers/connector-framework/batch/job-control.ts";
import { jobStatus } from "../../handlers/connector-framework/job-status/handler.ts";
import type { AllowList } from "../../handlers/connector-framework/model/allow-list.ts";
import type { Connector } from "../../handlers/connector-framework/model/connector.ts";
import type { Job } from "../../handlers/connector-framework/model/job.ts";
import { jobKey } from "../../handlers/connector-framework/model/keys.ts";
import { batchJobs } from "../../handlers/connector-framework/orchestrator/batch-jobs.ts";
import { orchestrator } from "../../handlers/connector-framework/orchestrator/handler.ts";
import { allowed, silent, startConnectorFramework } from "./connector-framework.ts";
import { tables } from "./connector-framework-tables.ts";
import { lambdaContext } from "./rest-event.ts";
import { startScriptedBatch } from "./scripted-batch.ts";

export const queue = "arn:aws:batch:eu-central-1:123456789012:job-queue/connectors";
export const queues = { ON_DEMAND: queue, SPOT: `${queue}-spot` } as const;
export const settings = {
  apiEndpoint: "https://api.example.com/prod/",
  logGroup: "/armature/test/jobs",
  assignPublicIp: "DISABLED",
} as const;

/** A Batch event, with what a test says about the job. */
export const batchEvent = (jobName: string, jobId: string, status: string, detail: Record<string, unknown> = {}) => ({
  version: "0",
  id: "event-1",
  "detail-type": "Batch Job State Change",
  source: "aws.batch",
  account: "123456789012",
  time: "2026-01-01T00:00:00Z",
  region: "eu-central-1",
  resources: [`arn:aws:batch:eu-central-1:123456789012:job/${jobId}`],
  detail: {
    jobName,
    jobId,
    status,
    jobQueue: queue,
    jobDefinition: `arn:aws:batch:eu-central-1:123456789012:job-definition/${jobName}:1`,
    // What a caller may have set: no one may believe it.
    container: { environment: [{ name: "CUSTOM_CONNECTOR_JOB_ID", value: "ccj-ffffffffffff" }] },
    ...detail,
  },
});

/** A stream record of a job's row. The image is as stale as can be: nothing may be decided by it. */
export const streamRecord = (jobId: string, tenant = "arn:aws:ccf:eu-central-1:123456789012"): DynamoDBRecord => {
  const keys = { custom_connector_arn_prefix: { S: tenant }, job_id: { S: jobId } };
  return {
    eventID: jobId,
    eventName: "INSERT",
    dynamodb: { Keys: keys, NewImage: { ...keys, status: { S: "STARTED" } }, SequenceNumber: jobId },
  };
};

/** The whole life of jobs: the API, the orchestrator and the status function on one DynamoDB and a scripted Batch. */
export async function startJobRuns() {
  const framework = await startConnectorFramework();
  const batch = await startScriptedBatch(() => framework.time.now);
  const client = new BatchClient({
    endpoint: batch.endpoint,
    maxAttempts: 1,
  });
  const { stores, progress, clock, call, connector, job, time } = framework;
  const shared = { jobs: progress, clock, logger: silent };
  const sleeps: number[] = [];
  const meanwhile: (() => Promise<void>)[] = [];
  const dependencies = {
    ...shared,
    connectors: stores.connectors,
    batch: batchJobs({ client, submitter: client }, queues),
    allowed,
    settings,
    async sleep(milliseconds: number) {
      sleeps.push(milliseconds);
      time.now += milliseconds;
      await meanwhile.shift()?.();
    },
  };
  const status = jobStatus({ ...shared, batch: jobControl(client) });
  const tenant = "arn:aws:ccf:eu-central-1:123456789012";

  async function deliverRecords(
    records: DynamoDBRecord[],
    withinSeconds: number,
    allow: AllowList = allowed,
  ): Promise<readonly string[]> {
    const orchestrate = orchestrator({ ...dependencies, allowed: allow });
    const deadline = time.now + withinSeconds * 1000;
    const response = await orchestrate(
      { Records: records },
      { ...lambdaContext, getRemainingTimeInMillis: () => deadline - time.now },
    );
    return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  return {
    ...{ batch, call, connector, job, time, tenant, stores, progress, clock },
    deliverRecords,
    /** Delivers a stream record of each job to a function with no time to wait; tells which of them failed. */
    deliver: (...jobIds: readonly string[]) =>
      deliverRecords(
        jobIds.map((id) => streamRecord(id)),
        1,
      ),
    /** Delivers a stream record of each job to a function with all its time before it; tells which of them failed. */
    deliverPatiently: (...jobIds: readonly string[]) =>
      deliverRecords(
        jobIds.map((id) => streamRecord(id)),
        120,
      ),
    /** Delivers a stream record to a function of a stage that lets connectors name no more than that. */
    deliverAllowing: (allow: AllowList, jobId: string) => deliverRecords([streamRecord(jobId)], 1, allow),
    /** Milliseconds the orchestrator has slept, each time. No real time passes in that. */
    sleeps,
    /** Something happens while the orchestrator sleeps the next time; several of them queue up. */
    whileAsleep: (happens: () => Promise<void>) => void meanwhile.push(happens),
    follow: (event: unknown) => status(event, lambdaContext),
    async stopJob(connector_id: string, job_id: string): Promise<number> {
      return (await call("StopCustomConnectorJob", { connector_id, job_id })).status;
    },
    /** A connector with a job that has just been started. */
    async started(): Promise<{ connectorId: string; jobId: string }> {
      const connectorId = await connector();
      return { connectorId, jobId: await job(connectorId) };
    },
    async jobWith(connector_id: string, environment: Job["environment"]): Promise<string> {
      const { body } = await call("StartCustomConnectorJob", { connector_id, environment });
      return z.object({ job: z.object({ job_id: z.string() }) }).parse(body).job.job_id;
    },
    async rowOf(jobId: string): Promise<Job> {
      const row = await progress.find({ tenant, jobId });
      if (!row) throw new Error(`no job ${jobId}`);
      return row;
    },
    /** Registers one more revision of a job's definition, as a call that was answered too late does. */
    registerBeside: (jobDefinitionName: string) =>
      client.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: "container" })),
    /** Removes a job's row, as its deletion does. */
    async removeRow(jobId: string): Promise<void> {
      await framework.client.send(new DeleteCommand({ TableName: tables.jobs, Key: jobKey({ tenant, jobId }) }));
    },
    /** Takes the connector from its job without ending it, as someone might who repairs by hand. */
    async releaseByHand(connectorId: string): Promise<void> {
      await framework.client.send(
        new UpdateCommand({
          TableName: tables.connectors,
          Key: { custom_connector_arn_prefix: tenant, connector_id: connectorId },
          UpdateExpression: "SET #status = :available REMOVE current_job_id",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":available": "AVAILABLE" },
        }),
      );
    },
    connectorRow: (connectorId: string): Promise<Connector> => stores.connectors.get({ tenant, connectorId }),
    async stop(): Promise<void> {
      client.destroy();
      await batch.stop();
      await framework.stop();
    },
  };
}

export type JobRuns = Awaited<ReturnType<typeof startJobRuns>>;
