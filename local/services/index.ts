import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DataDirectory } from "../data-directory.ts";
import type { EventBus } from "../events/event-bus.ts";
import { startEventsEndpoint } from "../events/events-endpoint.ts";
import { localCredentials } from "../resources/stage-context.ts";
import type { Shutdown } from "../shutdown.ts";
import type { LocalCommand } from "./batch/image.ts";
import type { BatchStateChangeEvent } from "./batch/model.ts";
import { type Batch, startBatch } from "./batch/start-batch.ts";
import { startDynamoDb } from "./dynamodb/index.ts";
import { startSqs } from "./sqs/index.ts";

export interface ServicesOptions {
  readonly data: DataDirectory;
  readonly region: string;
  readonly accountId: string;
  /** Serves DynamoDB and SQS in place of the embedded ones. */
  readonly awsEndpoint: string | undefined;
  readonly images: ReadonlyMap<string, LocalCommand>;
  readonly bus: EventBus;
  /** Resolves when the bus has its rules; events wait for that. */
  readonly wired: Promise<unknown>;
  readonly log: (line: string) => void;
}

/** The AWS services of the stage, running, with a client for each. */
export interface Services {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly batch: BatchClient;
  readonly jobLogs: Batch["logFile"];
  /** `AWS_ENDPOINT_URL_<SERVICE>` of each, as the SDKs read them. */
  readonly endpointVariables: Readonly<Record<string, string>>;
}

/** Starts every service and leaves their end to `shutdown`. */
export async function startServices(options: ServicesOptions, shutdown: Shutdown): Promise<Services> {
  const { data, region, accountId, awsEndpoint, images, bus, wired, log } = options;
  const dynamodb =
    awsEndpoint ?? shutdown.add(await startDynamoDb({ dataDirectory: data.dynamodb, region, accountId, log })).endpoint;
  const sqs = awsEndpoint ?? shutdown.add(await startSqs({ dataDirectory: data.sqs, region })).endpoint;
  const events = shutdown.add(await startEventsEndpoint(new Map([[bus.name, bus]]))).url;
  const endpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_EVENTBRIDGE: events,
  };
  const baseEnvironment = {
    ...endpoints,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  };
  const publish = async (event: BatchStateChangeEvent) => {
    await wired;
    const { source, detail, resources, time, "detail-type": detailType } = event;
    await bus.publish({ source, detailType, detail, resources, time: new Date(time) });
  };
  const batch = shutdown.add(
    await startBatch({ dataDirectory: data.batch, region, accountId, images, publish, log, baseEnvironment }),
  );
  const client = (endpoint: string) => ({ region, endpoint, credentials: localCredentials });
  return {
    dynamodb: new DynamoDBClient(client(dynamodb)),
    streams: new DynamoDBStreamsClient(client(dynamodb)),
    sqs: new SQSClient(client(sqs)),
    batch: new BatchClient(client(batch.endpoint)),
    jobLogs: (name) => batch.logFile(name),
    endpointVariables: { ...endpoints, AWS_ENDPOINT_URL_BATCH: batch.endpoint },
  };
}
