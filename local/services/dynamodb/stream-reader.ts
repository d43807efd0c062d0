import * as z from "zod";
import type { Context } from "./context.ts";
import { startingWith } from "./database.ts";
import { dynamoDbError, validationError } from "./errors.ts";
import { lastSequenceKey, STREAMS, streamKey, streamRecordKey, streamRecords, tableStreams } from "./keyspace.ts";
import { parseRequest } from "./parse-request.ts";
import { readShardIterator, writeShardIterator } from "./shard-iterator.ts";
import { streamArn } from "./stream-recorder.ts";
import type { StreamRecordRow, StreamRow } from "./stream-rows.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A stream here has one shard, which is open as long as the stream is enabled. */
const SHARD_ID = "shardId-00000000000000000000-00000001";

/** AWS: "GetRecords": at most 1,000 records or 1 MB. */
const MAX_RECORDS = 1000;
const MAX_BYTES = 1024 * 1024;

/** Added to every sequence number: those of AWS have at least 21 digits. */
const SEQUENCE_BASE = 100_000_000_000_000_000_000n;

const listStreamsRequest = z.object({
  TableName: z.string().optional(),
  Limit: z.int().min(1).max(100).default(100),
  ExclusiveStartStreamArn: z.string().optional(),
});

export async function listStreams(unit: UnitOfWork, body: unknown): Promise<object> {
  const { TableName, Limit, ExclusiveStartStreamArn } = parseRequest(listStreamsRequest, body);
  const prefix = TableName === undefined ? STREAMS : tableStreams(TableName);
  const streams: StreamRow[] = [];
  let skipping = ExclusiveStartStreamArn !== undefined;
  for await (const { value } of unit.committed<StreamRow>(startingWith(prefix))) {
    if (!skipping) streams.push(value);
    if (streamArn(value) === ExclusiveStartStreamArn) skipping = false;
    if (streams.length > Limit) break;
  }
  const page = streams.slice(0, Limit).map((stream) => ({
    StreamArn: streamArn(stream),
    TableName: stream.tableName,
    StreamLabel: stream.label,
  }));
  return { Streams: page, ...(streams.length > Limit && { LastEvaluatedStreamArn: page.at(-1)?.StreamArn }) };
}

const describeStreamRequest = z.object({
  StreamArn: z.string(),
  Limit: z.int().min(1).max(100).optional(),
  ExclusiveStartShardId: z.string().optional(),
  ShardFilter: z.object({ Type: z.literal("CHILD_SHARDS"), ShardId: z.string() }).optional(),
});

export async function describeStream(unit: UnitOfWork, body: unknown): Promise<object> {
  const { StreamArn, ExclusiveStartShardId, ShardFilter } = parseRequest(describeStreamRequest, body);
  const stream = findStream(unit, StreamArn);
  const shard = {
    ShardId: SHARD_ID,
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceNumber(stream.startsAfter + 1),
      ...(stream.disabled && { EndingSequenceNumber: sequenceNumber(stream.disabled.endsAt) }),
    },
  };
  return {
    StreamDescription: {
      StreamArn,
      StreamLabel: stream.label,
      StreamStatus: stream.disabled ? "DISABLED" : "ENABLED",
      StreamViewType: stream.viewType,
      CreationRequestDateTime: stream.createdAt / 1000,
      TableName: stream.tableName,
      KeySchema: stream.keySchema,
      // The only shard has no children, and none comes after it.
      Shards: ExclusiveStartShardId === undefined && ShardFilter === undefined ? [shard] : [],
    },
  };
}

const getShardIteratorRequest = z.object({
  StreamArn: z.string(),
  ShardId: z.string(),
  ShardIteratorType: z.enum(["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"]),
  SequenceNumber: z
    .string()
    .regex(/^\d{21,40}$/)
    .optional(),
});

export async function getShardIterator(unit: UnitOfWork, body: unknown, context: Context): Promise<object> {
  const request = parseRequest(getShardIteratorRequest, body);
  const stream = findStream(unit, request.StreamArn);
  if (request.ShardId !== SHARD_ID) {
    throw dynamoDbError(
      "ResourceNotFoundException",
      `Requested resource not found: Shard ${request.ShardId} in stream ${request.StreamArn} not found`,
    );
  }
  const after = startOf(request, stream, unit);
  return {
    ShardIterator: writeShardIterator({ streamArn: request.StreamArn, after, issuedAt: context.clock() }),
  };
}

function startOf(request: z.infer<typeof getShardIteratorRequest>, stream: StreamRow, unit: UnitOfWork): number {
  const type = request.ShardIteratorType;
  if (type === "TRIM_HORIZON") return stream.trimmedThrough;
  if (type === "LATEST") return stream.disabled?.endsAt ?? unit.get(lastSequenceKey) ?? 0;
  if (request.SequenceNumber === undefined) {
    throw validationError(`SequenceNumber must be given with the ShardIteratorType ${type}`);
  }
  const sequence = Number(BigInt(request.SequenceNumber) - SEQUENCE_BASE);
  if (sequence <= stream.startsAfter || sequence > (unit.get(lastSequenceKey) ?? 0)) {
    throw validationError(`Invalid SequenceNumber: ${request.SequenceNumber} is not of this shard`);
  }
  const after = type === "AT_SEQUENCE_NUMBER" ? sequence - 1 : sequence;
  if (after < stream.trimmedThrough) throw trimmed();
  return after;
}

const getRecordsRequest = z.object({
  ShardIterator: z.string().min(1),
  Limit: z.int().min(1).max(MAX_RECORDS).default(MAX_RECORDS),
});

export async function getRecords(unit: UnitOfWork, body: unknown, context: Context): Promise<object> {
  const { ShardIterator, Limit } = parseRequest(getRecordsRequest, body);
  const { streamArn: arn, after } = readShardIterator(ShardIterator, context.clock());
  const stream = findStream(unit, arn);
  if (after < stream.trimmedThrough) throw trimmed();

  const records: StreamRecordRow[] = [];
  // What was issued before the reading begins is all that the range can lack.
  const issued = stream.disabled?.endsAt ?? unit.get(lastSequenceKey) ?? 0;
  let size = 0;
  let more = false;
  const range = {
    gt: streamRecordKey(stream.tableName, stream.label, after).path,
    lt: startingWith(streamRecords(stream.tableName, stream.label)).lt,
  };
  for await (const { value } of unit.committed<StreamRecordRow>(range)) {
    more = records.length === Limit || (records.length > 0 && size + value.sizeBytes > MAX_BYTES);
    if (more) break;
    records.push(value);
    size += value.sizeBytes;
  }
  const last = records.at(-1)?.sequence ?? after;
  const next = { streamArn: arn, after: more ? last : Math.max(last, issued), issuedAt: context.clock() };
  return {
    Records: records.map((record) => wireRecord(record, stream, context)),
    // A closed shard that is read to its end has no next iterator.
    ...((more || !stream.disabled) && { NextShardIterator: writeShardIterator(next) }),
  };
}

function wireRecord(record: StreamRecordRow, stream: StreamRow, context: Context): object {
  return {
    eventID: record.eventId,
    eventName: record.eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: context.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(record.createdAt / 1000),
      Keys: record.keys,
      ...(record.newImage && { NewImage: record.newImage }),
      ...(record.oldImage && { OldImage: record.oldImage }),
      SequenceNumber: sequenceNumber(record.sequence),
      SizeBytes: record.sizeBytes,
      StreamViewType: stream.viewType,
    },
    ...(record.userIdentity && { userIdentity: record.userIdentity }),
  };
}

function findStream(unit: UnitOfWork, arn: string): StreamRow {
  const [, tableName, label] = /^arn:[^/]+:table\/([^/~]+)\/stream\/([^/~]+)$/.exec(arn) ?? [];
  const stream = tableName && label ? unit.get(streamKey(tableName, label)) : undefined;
  if (!stream || streamArn(stream) !== arn) {
    throw dynamoDbError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
  }
  return stream;
}

function trimmed(): Error {
  return dynamoDbError(
    "TrimmedDataAccessException",
    "The operation attempted to read past the oldest stream record in a shard: records are kept for 24 hours",
  );
}

function sequenceNumber(sequence: number): string {
  return String(SEQUENCE_BASE + BigInt(sequence));
}
