import * as z from "zod";
import { dynamoDbError, validationError } from "./errors.ts";

/** A position in a shard. */
export interface ShardPosition {
  readonly streamArn: string;
  /** Sequence number of the last record that was read. */
  readonly after: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** AWS: "GetShardIterator": a shard iterator expires 15 minutes after it is retrieved. */
const LIFETIME_MS = 15 * 60 * 1000;

const position = z.object({ streamArn: z.string(), after: z.int().min(0), issuedAt: z.number() });

/** The opaque text that a client gets. */
export function writeShardIterator(value: ShardPosition): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/**
 * The position behind the opaque text.
 * @throws ServiceError ValidationException if it is none of ours, ExpiredIteratorException after 15 minutes.
 */
export function readShardIterator(text: string, now: number): ShardPosition {
  const result = position.safeParse(decode(text));
  if (!result.success) throw validationError("Invalid ShardIterator");
  if (now - result.data.issuedAt > LIFETIME_MS) {
    throw dynamoDbError("ExpiredIteratorException", "The shard iterator has expired and can no longer be used");
  }
  return result.data;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined; // not JSON: the schema refuses it
  }
}
