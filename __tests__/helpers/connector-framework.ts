import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import { operations } from "../../handlers/connector-framework/api/operations.ts";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { randomIds } from "../../handlers/connector-framework/model/ids.ts";
import { checkpointStore } from "../../handlers/connector-framework/store/checkpoints.ts";
import { connectorStore } from "../../handlers/connector-framework/store/connectors.ts";
import { documentStore } from "../../handlers/connector-framework/store/documents.ts";
import { jobProgressStore } from "../../handlers/connector-framework/store/job-progress.ts";
import { jobStore } from "../../handlers/connector-framework/store/jobs.ts";
import type { Operation } from "../../handlers/runtime/api/description.ts";
import { restHandler } from "../../handlers/runtime/api/rest-handler.ts";
import { createDocumentClient } from "../../handlers/runtime/aws-clients.ts";
import { createConnectorFrameworkTables, tables } from "./connector-framework-tables.ts";
import { startTestDynamoDb } from "./dynamodb.ts";
import { lambdaContext, restEvent } from "./rest-event.ts";

export type OperationName = keyof typeof connectorFrameworkApi.operations;

export const region = "eu-central-1";
export const silent = new Logger({ logLevel: "SILENT" });

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
  const client = createDocumentClient();
  // In the future, so that no row is old enough for the table to forget it.
  const time = { now: Date.parse("2100-01-01T00:00:00.000Z") };
  // Each look at the clock is a millisecond after the one before, so that "newest first" has an order.
  const clock = () => new Date(time.now++);
  const stores = {
    connectors: connectorStore(client, tables.connectors),
    checkpoints: checkpointStore(client, tables.connectors),
    jobs: jobStore(client, tables),
    documents: documentStore(client, tables.documents),
  };
  const api = operations({ stores, clock, ids: randomIds, region });
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
    clock,
    time,
    stores,
    progress: jobProgressStore(client, tables),
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
    async stop(): Promise<void> {
      client.destroy();
      await dynamoDb.stop();
    },
  };
}

export type ConnectorFramework = Awaited<ReturnType<typeof startConnectorFramework>>;
