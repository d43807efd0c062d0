import { Logger } from "@aws-lambda-powertools/logger";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { operations } from "../../handlers/connector-framework/api/operations.ts";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { randomIds } from "../../handlers/connector-framework/model/ids.ts";
import { tenantOf, usageKey } from "../../handlers/connector-framework/model/keys.ts";
import { scheduleStore } from "../../handlers/connector-framework/schedules/schedules.ts";
import { checkpointStore } from "../../handlers/connector-framework/store/checkpoints.ts";
import { connectorStore } from "../../handlers/connector-framework/store/connectors.ts";
import { documentStore } from "../../handlers/connector-framework/store/documents.ts";
import { jobProgressStore } from "../../handlers/connector-framework/store/job-progress.ts";
import { jobStore } from "../../handlers/connector-framework/store/jobs.ts";
import type { Operation } from "../../handlers/runtime/api/description.ts";
import { restHandler } from "../../handlers/runtime/api/rest-handler.ts";
import { createDocumentClient, createSchedulerClient } from "../../handlers/runtime/aws-clients.ts";
import { pageTokens } from "../../handlers/runtime/dynamodb/page-token.ts";
import { createConnectorFrameworkTables, tables } from "./connector-framework-tables.ts";
import { startTestDynamoDb } from "./dynamodb.ts";
import { lambdaContext, restEvent } from "./rest-event.ts";
import { startScriptedScheduler } from "./scripted-scheduler.ts";

export type OperationName = keyof typeof connectorFrameworkApi.operations;

export const region = "eu-central-1";
export const silent = new Logger({ logLevel: "SILENT" });

/** Page tokens of a test: every one takes the others' tokens. */
export const tokens = pageTokens(async () => new Uint8Array(32));

/** More than any test makes, so that only tests of quotas meet one. */
export const quota = 1_000_000;

/** Everything: tests of the allow-list have one of their own. */
export const allowed = { roles: ["*"], images: ["*"] };

/** Where schedules are kept and what they invoke. */
export const schedules = {
  group: "schedules",
  target: {
    function: "arn:aws:lambda:eu-central-1:123456789012:function:scheduled-start",
    role: "arn:aws:iam::123456789012:role/schedules",
    deadLetters: "arn:aws:sqs:eu-central-1:123456789012:undelivered",
  },
};

/** What a client sees of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const validConnector = {
  name: "web-crawler",
  description: "Crawls the web",
  container_properties: {
    execution_role_arn: "arn:aws:iam::123456789012:role/execution",
    image_uri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/crawler:1",
    job_role_arn: "arn:aws:iam::123456789012:role/job",
  },
};

/** The API's handler on tables of its own, and the stores behind it. */
export async function startConnectorFramework() {
  const dynamoDb = await startTestDynamoDb();
  await createConnectorFrameworkTables();
  const scheduler = await startScriptedScheduler();
  process.env.AWS_ENDPOINT_URL_SCHEDULER = scheduler.endpoint;
  const client = createDocumentClient();
  const schedulerClient = createSchedulerClient();
  // In the future, so that no row is old enough for the table to forget it.
  const time = { now: Date.parse("2100-01-01T00:00:00.000Z") };
  // Each look at the clock is a millisecond after the one before, so that "newest first" has an order.
  const clock = () => new Date(time.now++);
  const stores = {
    connectors: connectorStore(client, { table: tables.connectors, tokens, quota }),
    checkpoints: checkpointStore(client, tables.connectors),
    jobs: jobStore(client, { tables, tokens, quota }),
    progress: jobProgressStore(client, tables),
    documents: documentStore(client, tables.documents, tokens),
    schedules: scheduleStore(schedulerClient, schedules.group, schedules.target),
  };
  const api = operations({ stores, allowed, clock, ids: randomIds, region });
  const handle = restHandler(connectorFrameworkApi, api, silent);

  /** Calls an operation as a client does, with a flat input split up as the description says. */
  async function call(
    name: OperationName,
    input: Record<string, unknown> = {},
    accountId = "123456789012",
  ): Promise<Answer> {
    const operation: Operation = connectorFrameworkApi.operations[name];
    const part = (schema: z.ZodObject | undefined) =>
      Object.fromEntries(Object.entries(input).filter(([member]) => schema && member in schema.shape));
    const strings = (schema: z.ZodObject | undefined) =>
      Object.fromEntries(Object.entries(part(schema)).map(([member, value]) => [member, String(value)]));
    const result = await handle(
      restEvent({
        method: operation.method,
        resource: operation.path,
        parameters: strings(operation.parameters),
        query: strings(operation.query),
        ...(operation.body && { body: part(operation.body) }),
        accountId,
      }),
      lambdaContext,
    );
    const body = z.record(z.string(), z.unknown()).parse(result.body === "" ? {} : JSON.parse(result.body));
    return { status: result.statusCode, body };
  }

  return {
    client,
    scheduler,
    schedulerClient,
    clock,
    time,
    stores,
    progress: stores.progress,
    handle,
    call,
    /** Registers a connector and returns its id. */
    async connector(accountId?: string): Promise<string> {
      const { body } = await call("CreateCustomConnector", validConnector, accountId);
      return z.object({ connector: z.object({ connector_id: z.string() }) }).parse(body).connector.connector_id;
    },
    /** Starts a job and returns its id. */
    async job(connector_id: string, accountId?: string): Promise<string> {
      const { body } = await call("StartCustomConnectorJob", { connector_id }, accountId);
      return z.object({ job: z.object({ job_id: z.string() }) }).parse(body).job.job_id;
    },
    /** How many connectors and jobs are counted as an account's. */
    async usage(accountId: string): Promise<Readonly<Record<string, unknown>>> {
      const Key = usageKey(tenantOf(region, accountId));
      const { Item = {} } = await client.send(new GetCommand({ TableName: tables.connectors, Key }));
      const { custom_connector_arn_prefix, connector_id, ...counts } = Item;
      return counts;
    },
    /** Has an account counted as if it had that much. */
    async setUsage(accountId: string, counts: Readonly<Record<string, number>>): Promise<void> {
      const Item = { ...usageKey(tenantOf(region, accountId)), ...counts };
      await client.send(new PutCommand({ TableName: tables.connectors, Item }));
    },
    async stop(): Promise<void> {
      client.destroy();
      schedulerClient.destroy();
      await scheduler.stop();
      await dynamoDb.stop();
    },
  };
}

export type ConnectorFramework = Awaited<ReturnType<typeof startConnectorFramework>>;
