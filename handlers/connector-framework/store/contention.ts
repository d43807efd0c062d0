import {
  ConditionalCheckFailedException,
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
import { conflict } from "../../runtime/errors.ts";

/** A write of a transaction whose condition did not hold. */
export interface FailedCondition {
  /** Place of the write in the transaction. */
  readonly index: number;
  /** If there was an item, told only for writes with ReturnValuesOnConditionCheckFailure `ALL_OLD`. */
  readonly itemExists: boolean;
}

/** Retries of a write that met another one on the same item: under a second in all. */
const backOff = { retries: 6, minTimeout: 10, factor: 2, randomize: true, maxRetryTime: 3_000 };

/**
 * Commits all of the writes or none. A transaction may be sent twice by the SDK and counts once: its token sees to that.
 *
 * @returns the conditions that did not hold; empty when it is committed
 * @throws RequestError `Conflict` when other writes to the same items leave no gap
 */
export async function transact(
  client: DynamoDBDocumentClient,
  writes: NonNullable<TransactWriteCommandInput["TransactItems"]>,
): Promise<readonly FailedCondition[]> {
  try {
    await uncontended(() => client.send(new TransactWriteCommand({ TransactItems: writes })));
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
 * @throws RequestError `Conflict` when other writes to the same item leave no gap
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
    return await pRetry(send, { ...backOff, shouldRetry: ({ error }) => isContention(error) });
  } catch (error) {
    if (isContention(error)) throw conflict("others are changing the same at this moment: try again", { cause: error });
    throw error;
  }
}

const isContention = (error: unknown): boolean =>
  error instanceof TransactionConflictException ||
  error instanceof TransactionInProgressException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code }) => Code === "TransactionConflict"));

function failedConditions(error: unknown): FailedCondition[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap(({ Code, Item }, index) =>
    Code === "ConditionalCheckFailed" ? [{ index, itemExists: Item !== undefined }] : [],
  );
}
