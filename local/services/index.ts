import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DataDirectory } from "../data-directory.ts";
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
  /** Puts an event on the stage's bus. */
  readonly publish: (event: BatchStateChangeEvent) => Promise<void>;
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
  const { data, region, accountId, awsEndpoint, images, publish, log } = options;
  const dynamodb =
    awsEndpoint ?? shutdown.add(await startDynamoDb({ dataDirectory: data.dynamodb, region, accountId, log })).endpoint;
  const sqs = awsEndpoint ?? shutdown.add(await startSqs({ dataDirectory: data.sqs, region })).endpoint;
  const dataEndpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
    AWS_ENDPOINT_URL_SQS: sqs,
  };
  const baseEnvironment = {
    ...dataEndpoints,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
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
    endpointVariables: { ...dataEndpoints, AWS_ENDPOINT_URL_BATCH: batch.endpoint },
  };
}
