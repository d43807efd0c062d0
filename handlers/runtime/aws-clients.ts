import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/**
 * A DynamoDB client for plain values. Made once for each process, outside the handler. An attempt is given 3 seconds
 * and there are four of them: a call has failed after 13 seconds. A request that makes several calls may thus outlast
 * its function while DynamoDB does not answer at all; Lambda then ends it, and the gateway answers for it.
 */
export function createDocumentClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/**
 * A Batch client whose calls are given 10 seconds an attempt.
 *
 * `attempts` is 1 for whoever submits: SubmitJob knows no idempotency token, so a retry after a lost answer would be a
 * second job.
 */
export const createBatchClient = ({ attempts }: { readonly attempts: number }): BatchClient =>
  new BatchClient({
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });

/** A KMS client. An attempt is given 2 seconds and there are three of them. */
export const createKmsClient = (): KMSClient =>
  new KMSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });

/** An EventBridge Scheduler client. An attempt is given 3 seconds and there are three of them. */
export const createSchedulerClient = (): SchedulerClient =>
  new SchedulerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
