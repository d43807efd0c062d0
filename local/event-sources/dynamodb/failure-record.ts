import { randomUUID } from "node:crypto";
import type { DiscardCondition, Piece } from "./batch-work.ts";
import type { StreamRecord } from "./stream-record.ts";

/**
 * What Lambda sends to the on-failure destination of a stream mapping: where the records were, not the records
 * (AWS: "Retain discarded records from a DynamoDB event source").
 */
export interface StreamFailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: DiscardCondition;
    readonly approximateInvokeCount: number;
  };
  /** Absent when the function never ran. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: "$LATEST";
    readonly functionError: "Unhandled";
  };
  readonly version: "1.0";
  /** ISO 8601, as all times here. */
  readonly timestamp: string;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** @param now epoch milliseconds */
export function streamFailureRecord(
  piece: Piece<StreamRecord>,
  condition: DiscardCondition,
  source: { readonly functionArn: string; readonly shardId: string; readonly streamArn: string },
  now: number,
): StreamFailureRecord {
  const [first, last] = [piece.records[0], piece.records.at(-1)];
  if (!first || !last) throw new Error("no records to report as failed");
  return {
    requestContext: {
      requestId: piece.lastRequestId ?? randomUUID(),
      functionArn: source.functionArn,
      condition,
      approximateInvokeCount: piece.invocations,
    },
    ...(piece.invocations > 0 && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId: source.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivedAt).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrivedAt).toISOString(),
      batchSize: piece.records.length,
      streamArn: source.streamArn,
    },
  };
}
