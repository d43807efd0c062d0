import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import pRetry from "p-retry";
import { unavailable } from "../errors.ts";

/** A write of a transaction whose condition did not hold. */
export interface FailedCondition {
  /** Place of the write in the transaction. */
  readonly index: number;
  /** If there was an item, told only for writes with ReturnValuesOnConditionCheckFailure `ALL_OLD`. */
  readonly itemExists: boolean;
}

/** Retries of a write that met another one on the same item, or a busy table: some three seconds in all. */
const backOff = { retries: 9, minTimeout: 10, factor: 2, maxTimeout: 500, randomize: true, maxRetryTime: 4_000 };

/**
 * Commits all of the writes or none. However often it is sent, it counts once: all attempts carry one token, which
 * DynamoDB remembers for ten minutes (Amazon DynamoDB API: TransactWriteItems).
 *
 * @returns the conditions that did not hold; empty when it is committed
 * @throws RequestError `Unavailable` when other writes to the same items leave no gap, or DynamoDB has no room for it
 */
export async function transact(
  client: DynamoDBDocumentClient,
  writes: NonNullable<TransactWriteCommandInput["TransactItems"]>,
): Promise<readonly FailedCondition[]> {
  const request = { TransactItems: writes, ClientRequestToken: randomUUID() };
  try {
    await uncontended(() => client.send(new TransactWriteCommand(request)));
    return [];
  } catch (error) {
    const failed = failedConditions(error);
    if (failed.length === 0) throw error;
    return failed;
  }
}

/**
 * Sends one write.
 *
 * @returns its result; undefined when its condition did not hold
 * @throws RequestError `Unavailable` when other writes to the same item leave no gap, or DynamoDB has no room for it
 */
export async function ifConditionHolds<Result>(send: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await uncontended(send);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

async function uncontended<Result>(send: () => Promise<Result>): Promise<Result> {
  try {
    return await pRetry(send, { ...backOff, shouldRetry: ({ error }) => isBusy(error) || isContention(error) });
  } catch (error) {
    if (isBusy(error)) throw unavailable("the database is busy: try again", { cause: error });
    if (isContention(error))
      throw unavailable("others are changing the same at this moment: try again", { cause: error });
    throw error;
  }
}

/** If DynamoDB had no room for a write (Amazon DynamoDB: Error handling, and API: TransactWriteItems). */
const isBusy = (error: unknown): boolean =>
  cancelledFor(error, ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"]) ||
  (error instanceof DynamoDBServiceException && throttlings.has(error.name));

const throttlings = new Set(["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]);

/** If a write met another one on the same item. */
const isContention = (error: unknown): boolean =>
  error instanceof TransactionConflictException ||
  error instanceof TransactionInProgressException ||
  cancelledFor(error, ["TransactionConflict"]);

const cancelledFor = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code !== undefined && codes.includes(Code));

function failedConditions(error: unknown): FailedCondition[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap(({ Code, Item }, index) =>
    Code === "ConditionalCheckFailed" ? [{ index, itemExists: Item !== undefined }] : [],
  );
}
