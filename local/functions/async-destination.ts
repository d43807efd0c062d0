import type { FunctionError, Invocable } from "./invocation.ts";

/** Why an asynchronous event was given up. */
export type AsyncFailureCondition = "RetriesExhausted" | "EventAgeExceeded";

/** What Lambda sends to an on-failure destination (AWS: "Retaining records of Lambda asynchronous invocations"). */
export interface AsyncFailureRecord {
  readonly version: "1.0";
  /** ISO 8601 */
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    /** With the qualifier. */
    readonly functionArn: string;
    readonly condition: AsyncFailureCondition;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  /** Absent when the function never ran. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: "$LATEST";
    readonly functionError: "Unhandled";
  };
  readonly responsePayload?: {
    readonly errorType: string;
    readonly errorMessage: string;
    readonly trace?: readonly string[];
  };
}

/** The record of an event that was given up after `invocations` runs, the last of which ended in `lastError`. */
export function asyncFailureRecord(input: {
  readonly function: Invocable;
  readonly requestId: string;
  readonly event: unknown;
  readonly condition: AsyncFailureCondition;
  readonly invocations: number;
  readonly lastError: FunctionError | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}): AsyncFailureRecord {
  const { lastError } = input;
  return {
    version: "1.0",
    timestamp: new Date(input.now).toISOString(),
    requestContext: {
      requestId: input.requestId,
      functionArn: `${input.function.arn}:$LATEST`,
      condition: input.condition,
      approximateInvokeCount: input.invocations,
    },
    requestPayload: input.event,
    ...(lastError && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: {
        errorType: lastError.errorType,
        errorMessage: lastError.errorMessage,
        ...(lastError.stackTrace && { trace: lastError.stackTrace }),
      },
    }),
  };
}
