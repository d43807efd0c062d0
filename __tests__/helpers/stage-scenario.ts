import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BatchClient, SubmitJobCommand } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type ScheduleSummary,
} from "@aws-sdk/client-scheduler";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import {
  accountId,
  connectorFrameworkOutputs,
  containerProperties,
  eventually,
  region,
  type StageProcess,
  scriptedImage,
} from "./stage-process.ts";

/** What the jobs of a scenario run: programs that end well, that fail, that go on, and that go on when asked to end. */
export function scenarioImages(directory: string) {
  const environmentFile = join(directory, "environment.json");
  const tell = `import { renameSync, writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(`${environmentFile}.new`)}, JSON.stringify(process.env));
    renameSync(${JSON.stringify(`${environmentFile}.new`)}, ${JSON.stringify(environmentFile)});`;
  return {
    /** Ends well, and leaves its environment in the file. */
    ending: scriptedImage(directory, "ending", tell),
    failing: scriptedImage(directory, "failing", "process.exit(3);"),
    sleeper: scriptedImage(directory, "sleeper", "setInterval(() => {}, 1000);"),
    stubborn: scriptedImage(directory, "stubborn", 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);'),
    environmentFile,
  };
}

export type ScenarioImages = ReturnType<typeof scenarioImages>;

/** A stage with connectors to do things with. */
export type Scenario = Awaited<ReturnType<typeof openScenario>>;

const environmentSchema = z.object({
  AWS_ENDPOINT_URL_BATCH: z.string(),
  AWS_ENDPOINT_URL_DYNAMODB: z.string(),
  AWS_ENDPOINT_URL_SCHEDULER: z.string(),
});

const tenant = `arn:aws:ccf:${region}:${accountId}`;

/** Milliseconds ago, longer than anything here waits for what may yet come by itself. */
const longAgo = () => new Date(Date.now() - 3_600_000).toISOString();

/** What every scenario is made of. Roles are asked for what they may do by what is called here, and by nothing else. */
export async function openScenario({ url, client }: StageProcess, images: ScenarioImages) {
  const outputs = z
    .object({ table_connectors: z.string(), table_jobs: z.string(), job_queue_arn: z.string() })
    .parse(await connectorFrameworkOutputs(url));

  async function connector(image: { readonly uri: string }, more: object = {}): Promise<string> {
    const created = await client.callUnchecked("CreateCustomConnector", {
      name: "scenario",
      container_properties: { ...containerProperties(image.uri), ...more },
    });
    return z.object({ connector: z.object({ connector_id: z.string() }) }).parse(created).connector.connector_id;
  }

  const start = async (connector_id: string) =>
    (await client.call("StartCustomConnectorJob", { connector_id })).job.job_id;

  const job = async (connector_id: string, job_id: string) =>
    (await client.call("GetCustomConnectorJob", { connector_id, job_id })).job;

  /** The job, once it has come to one of these. */
  const when = (connector_id: string, job_id: string, ...statuses: readonly string[]) =>
    eventually(
      () => job(connector_id, job_id),
      ({ status }) => statuses.includes(status),
      60,
    );

  /** A connector with a job that has begun and does not end. */
  async function running(image = images.sleeper, more?: object) {
    const connectorId = await connector(image, more);
    const jobId = await start(connectorId);
    await eventually(
      () => job(connectorId, jobId),
      ({ started_at }) => started_at !== undefined,
      60,
    );
    return { connectorId, jobId };
  }

  await when(...(await startedOnce(images.ending)), "SUCCEEDED");
  const environment = environmentSchema.parse(
    existsSync(images.environmentFile) ? JSON.parse(readFileSync(images.environmentFile, "utf8")) : {},
  );
  const config = { region, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
  const dynamoDb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  const batch = new BatchClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_BATCH });
  const scheduler = new SchedulerClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SCHEDULER });

  async function startedOnce(image: { readonly uri: string }, more?: object): Promise<[string, string]> {
    const connectorId = await connector(image, more);
    return [connectorId, await start(connectorId)];
  }

  const connectorKey = (connector_id: string) => ({ custom_connector_arn_prefix: tenant, connector_id });
  const jobKey = (job_id: string) => ({ custom_connector_arn_prefix: tenant, job_id });

  /** Changes an item behind everybody's back. */
  const change = (
    TableName: string,
    Key: Readonly<Record<string, string>>,
    set: Readonly<Record<string, string>>,
    remove: readonly string[] = [],
  ) => {
    const names = [...Object.keys(set), ...remove];
    const alias = (name: string) => `#${names.indexOf(name)}`;
    const sets = Object.keys(set).map((name) => `${alias(name)} = :${name}`);
    const removes = remove.map(alias);
    return documents.send(
      new UpdateCommand({
        ...{ TableName, Key },
        UpdateExpression: [
          ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
          ...(removes.length > 0 ? [`REMOVE ${removes.join(", ")}`] : []),
        ].join(" "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [alias(name), name])),
        ...(sets.length > 0 && {
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(set).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      }),
    );
  };

  return {
    ...{ client, images, connector, start, startedOnce, job, when, running, scheduler },
    changeConnector: (id: string, set: Readonly<Record<string, string>>) =>
      change(outputs.table_connectors, connectorKey(id), set),
    changeJob: (id: string, set: Readonly<Record<string, string>>, remove?: readonly string[]) =>
      change(outputs.table_jobs, jobKey(id), set, remove),
    dropConnector: (id: string) =>
      documents.send(new DeleteCommand({ TableName: outputs.table_connectors, Key: connectorKey(id) })),
    connectorRow: async (id: string) =>
      (await documents.send(new GetCommand({ TableName: outputs.table_connectors, Key: connectorKey(id) }))).Item,
    /** Submits a second Batch job in a job's name, as an answer that came too late makes the orchestrator do. */
    submitBeside: (jobName: string) =>
      batch.send(
        new SubmitJobCommand({
          ...{ jobName, jobDefinition: jobName, jobQueue: outputs.job_queue_arn, tags: { job_id: jobName } },
        }),
      ),
    close(): void {
      for (const one of [batch, dynamoDb, scheduler]) one.destroy();
    },
  };
}

/** Connectors, their checkpoints and documents, as a client makes, reads, pages through, changes and deletes them. */
export async function useRecords({ client, connector, images }: Scenario): Promise<void> {
  const [connector_id, other] = [await connector(images.ending), await connector(images.ending)];
  await client.call("GetCustomConnector", { connector_id });
  await client.call("UpdateCustomConnector", { connector_id, description: "changed" });
  const { next_token } = await client.call("ListCustomConnectors", { max_results: 1 });
  await client.call("ListCustomConnectors", { max_results: 1, ...(next_token !== null && { next_token }) });

  await client.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: { at: 1 } });
  await client.call("GetCustomConnectorCheckpoint", { connector_id });
  await client.call("DeleteCustomConnectorCheckpoint", { connector_id });

  const documents = ["a", "b"].map((document_id) => ({ document_id, checksum: "0".repeat(32) }));
  await client.call("BatchPutCustomConnectorDocuments", { connector_id, documents });
  await client.call("ListCustomConnectorDocuments", { connector_id });
  await client.call("BatchDeleteCustomConnectorDocuments", { connector_id, document_ids: ["a"] });

  await client.call("DeleteCustomConnector", { connector_id });
  await client.call("DeleteCustomConnector", { connector_id: other });
}

/**
 * Jobs that fail, run on spare capacity, are stopped before and while they run, have a second container, and are let go
 * of.
 */
export async function runJobs(scenario: Scenario): Promise<void> {
  const { changeConnector, client, connector, images, running, start, startedOnce, submitBeside, when } = scenario;
  const stop = (connector_id: string, job_id: string) =>
    client.call("StopCustomConnectorJob", { connector_id, job_id });

  const spare = await running(images.sleeper, { capacity: "SPOT", attempts: 2 });
  await client.call("ListCustomConnectorJobs", { connector_id: spare.connectorId });
  await stop(spare.connectorId, spare.jobId);
  await when(spare.connectorId, spare.jobId, "STOPPED");

  const early = await connector(images.sleeper);
  const earlyJob = await start(early);
  await stop(early, earlyJob);
  await when(early, earlyJob, "STOPPED");

  await when(...(await startedOnce(images.failing)), "FAILED");

  const twice = await running();
  await submitBeside(twice.jobId);

  const stubborn = await running(images.stubborn);
  await stop(stubborn.connectorId, stubborn.jobId);
  await client.call("ReleaseCustomConnector", { connector_id: stubborn.connectorId });

  const orphan = await connector(images.ending);
  await changeConnector(orphan, heldByNobody);
  await client.call("ReleaseCustomConnector", { connector_id: orphan });
}

/** What a connector says that is held by a job which is gone. */
const heldByNobody = { status: "IN_USE", current_job_id: "ccj-ffffffffffff" };

/** A connector's schedule, as a client makes, reads, changes and deletes it. */
export async function useSchedules({ client, connector, images }: Scenario): Promise<void> {
  const connector_id = await connector(images.ending);
  await client.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: "rate(1 hour)" });
  await client.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: "rate(2 hours)" });
  await client.call("GetCustomConnectorSchedule", { connector_id });
  await client.call("PauseCustomConnectorSchedule", { connector_id });
  await client.call("ResumeCustomConnectorSchedule", { connector_id });
  await client.call("DeleteCustomConnectorSchedule", { connector_id });
}

const everyMinute = "cron(* * * * ? *)";

/**
 * Schedules whose time comes: of a connector that is free, of one that a job holds, and of one that is gone. Waits for
 * the next full minute.
 */
export async function startOnSchedule(scenario: Scenario): Promise<void> {
  const { client, connector, dropConnector, images, running, scheduler } = scenario;
  const [free, gone] = [await connector(images.sleeper), await connector(images.sleeper)];
  const { connectorId: held } = await running();
  for (const connector_id of [free, gone, held])
    await client.call("PutCustomConnectorSchedule", { connector_id, schedule_expression: everyMinute });
  await dropConnector(gone);
  const schedules = async () => (await scheduler.send(new ListSchedulesCommand({ MaxResults: 100 }))).Schedules ?? [];
  const ofGone = ({ Name }: ScheduleSummary) => Name?.includes(gone);
  await eventually(schedules, (all) => !all.some(ofGone), 120);
  const list = () => client.call("ListCustomConnectorJobs", { connector_id: free });
  await eventually(list, ({ jobs }) => jobs.length > 0, 120);
}

/**
 * What was lost on the way, and is found: a job that Batch does not know, one that nobody took up, connectors held for
 * nothing, a deletion that did not come to its end, and one that must wait for a job. Has the reconciler run in the next full minute, not every five.
 */
export async function reconcile(scenario: Scenario): Promise<void> {
  const { client, changeConnector, changeJob, connector, connectorRow, images, running, scheduler } = scenario;
  const { startedOnce, when } = scenario;
  const moves = { created_at: longAgo(), updated_at: longAgo(), submitting_at: longAgo() };

  const [forgetful, forgotten] = await startedOnce(images.ending);
  const { started_at = "" } = await when(forgetful, forgotten, "SUCCEEDED");
  const unended = { status: "RUNNING", open_since: longAgo(), started_at };
  await changeJob(forgotten, { ...moves, ...unended, batch_job_id: "00000000-0000-0000-0000-000000000000" }, ["ttl"]);

  const overlooked = await running();
  const submission = ["batch_job_id", "started_at", "log_stream_name"];
  await changeJob(overlooked.jobId, { ...moves, status: "STARTED" }, submission);

  const [held, ended] = await startedOnce(images.ending);
  await when(held, ended, "SUCCEEDED");
  await changeJob(ended, { submitting_at: longAgo() });
  await changeConnector(held, { status: "IN_USE", current_job_id: ended });

  const orphan = await connector(images.ending);
  await changeConnector(orphan, heldByNobody);

  const [deleted, itsJob] = await startedOnce(images.ending);
  await when(deleted, itsJob, "SUCCEEDED");
  const documents = [{ document_id: "a", checksum: "0".repeat(32) }];
  await client.call("BatchPutCustomConnectorDocuments", { connector_id: deleted, documents });
  await client.call("DeleteCustomConnector", { connector_id: deleted });
  await changeConnector(`deletion#${deleted}`, { deletion_requested_at: longAgo() });

  const survived = await running();
  await changeConnector(survived.connectorId, { status: "AVAILABLE" });
  await client.call("DeleteCustomConnector", { connector_id: survived.connectorId });

  await hasten(scheduler, "reconciliation");
  await when(forgetful, forgotten, "FAILED");
  const connectorOf = (connector_id: string) => client.call("GetCustomConnector", { connector_id });
  for (const id of [held, orphan])
    await eventually(
      () => connectorOf(id),
      ({ connector }) => connector.status === "AVAILABLE",
      60,
    );
  await eventually(
    () => connectorRow(`deletion#${deleted}`),
    (row) => row === undefined,
    60,
  );
  const job = () =>
    client.call("GetCustomConnectorJob", { connector_id: overlooked.connectorId, job_id: overlooked.jobId });
  await eventually(job, (answer) => answer.job.batch_job_id !== undefined, 60);
}

/** Has what a schedule of the stack invokes invoked in every full minute. */
async function hasten(scheduler: SchedulerClient, named: string): Promise<void> {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ MaxResults: 100 }));
  const found = Schedules.find(({ Name }) => Name?.includes(named));
  if (!found) throw new Error(`no schedule is named for ${named}: ${Schedules.map(({ Name }) => Name)}`);
  const schedule = await scheduler.send(new GetScheduleCommand({ GroupName: found.GroupName, Name: found.Name }));
  await scheduler.send(
    new CreateScheduleCommand({
      ...{ GroupName: found.GroupName, Name: "hastened", Target: schedule.Target },
      ScheduleExpression: everyMinute,
      FlexibleTimeWindow: { Mode: "OFF" },
    }),
  );
}

/** The connector that comes with the stack, which runs with a role of its own. */
export async function runSampleConnector({ client, when }: Scenario): Promise<void> {
  const { connectors } = await client.call("ListCustomConnectors", { max_results: 100 });
  const sample = connectors.find(({ name }) => name === "sample-connector");
  if (!sample) throw new Error("the stack's connector is not registered");
  const { connector_id } = sample;
  const { job } = await client.call("StartCustomConnectorJob", { connector_id });
  await when(connector_id, job.job_id, "SUCCEEDED");
}
