import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DataDirectory } from "../data-directory.ts";
import type { EventBus } from "../events/event-bus.ts";
import { startEventsEndpoint } from "../events/events-endpoint.ts";
import { noAwsConfiguration } from "../processes/aws-configuration.ts";
import type { PhasedShutdown } from "../shutdown.ts";
import { localAccessKey } from "../signatures/access-key.ts";
import { startAbsentServices } from "./absent/index.ts";
import type { LocalCommand } from "./batch/image.ts";
import type { BatchStateChangeEvent } from "./batch/model.ts";
import { type Batch, startBatch } from "./batch/start-batch.ts";
import { startDynamoDb } from "./dynamodb/index.ts";
import { startSqs } from "./sqs/index.ts";

export interface ServicesOptions {
  readonly data: DataDirectory;
  readonly region: string;
  readonly accountId: string;
  /** Serves DynamoDB and SQS in place of the embedded ones, and every service the stage does not have. */
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
  /** Lets jobs start: to be called when the APIs they call are served. */
  readonly beginJobs: Batch["begin"];
  /** `AWS_ENDPOINT_URL_<SERVICE>` of each, as the SDKs read them, and `AWS_ENDPOINT_URL` for all others. */
  readonly endpointVariables: Readonly<Record<string, string>>;
}

/** Starts every service and leaves their end to `shutdown`. Jobs wait until told to begin. */
export async function startServices(options: ServicesOptions, shutdown: PhasedShutdown): Promise<Services> {
  const { data, region, accountId, awsEndpoint, images, bus, wired, log } = options;
  const accessKey = localAccessKey;
  const dynamodb =
    awsEndpoint ??
    shutdown.services.add(
      await startDynamoDb({ dataDirectory: data.dynamodb, region, accountId, accessKey, log }),
      "DynamoDB",
    ).endpoint;
  const sqs = awsEndpoint ?? shutdown.services.add(await openSqs(data.sqs, region), "SQS").endpoint;
  const buses = new Map([[bus.name, bus]]);
  const events = shutdown.services.add(await startEventsEndpoint({ buses, region, accessKey }), "EventBridge").url;
  const others = awsEndpoint ?? shutdown.services.add(await startAbsentServices({ log }), "absent services").endpoint;
  const endpoints = {
    AWS_ENDPOINT_URL: others,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_EVENTBRIDGE: events,
  };
  const baseEnvironment: Record<string, string> = {
    ...endpoints,
    ...noAwsConfiguration,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: localAccessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAccessKey.secretAccessKey,
  };
  const publish = async (event: BatchStateChangeEvent) => {
    await wired;
    const { source, detail, resources, time, "detail-type": detailType } = event;
    await bus.publish({ source, detailType, detail, resources, time: new Date(time) });
  };
  const batch = shutdown.services.add(
    await startBatch({
      dataDirectory: data.batch,
      region,
      accountId,
      accessKey,
      images,
      publish,
      log,
      baseEnvironment,
      held: true,
    }),
    "Batch",
  );
  // Batch has an address only when it runs; jobs, which get it too, wait until told to begin.
  baseEnvironment.AWS_ENDPOINT_URL_BATCH = batch.endpoint;
  shutdown.sources.add({ stop: batch.endJobs }, "jobs");
  const client = (endpoint: string) => ({ region, endpoint, credentials: localAccessKey });
  return {
    dynamodb: new DynamoDBClient(client(dynamodb)),
    streams: new DynamoDBStreamsClient(client(dynamodb)),
    sqs: new SQSClient(client(sqs)),
    batch: new BatchClient(client(batch.endpoint)),
    jobLogs: (name) => batch.logFile(name),
    beginJobs: batch.begin,
    endpointVariables: { ...endpoints, AWS_ENDPOINT_URL_BATCH: batch.endpoint },
  };
}

async function openSqs(dataDirectory: string, region: string) {
  try {
    return await startSqs({ dataDirectory, region, accessKey: localAccessKey });
  } catch (error) {
    const problem = error instanceof Error ? error.message : error;
    throw new Error(`the SQS data in ${dataDirectory} cannot be opened (${problem})`, { cause: error });
  }
}
