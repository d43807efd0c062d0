import type { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import type { Clock } from "../../functions/clock.ts";
import type { Invocable } from "../../functions/invocation.ts";
import type { StreamFailureRecord } from "./failure-record.ts";

/** An event source mapping of a DynamoDB stream, with the settings and defaults of Lambda. */
export interface StreamMappingOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly function: Invocable;
  /** Where the first start begins; later ones go on at the checkpoint. */
  readonly startingPosition: "LATEST" | "TRIM_HORIZON";
  /** File that remembers what is finished; its folder is made. */
  readonly checkpointFile: string;
  /** Records in a batch at most, 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /** Seconds to gather a batch, 0 to 300. @default 0 */
  readonly batchingWindowSeconds?: number;
  /** Patterns, one of which a record must match. @default none: every record passes */
  readonly filters?: readonly unknown[];
  /** -1 (until the records expire) to 10,000. @default -1 */
  readonly maximumRetryAttempts?: number;
  /** Seconds, -1 (the 24 hours a stream keeps its records) or 60 to 604,800. @default -1 */
  readonly maximumRecordAgeSeconds?: number;
  /** @default false */
  readonly bisectOnError?: boolean;
  /** Whether the function says which records failed. @default false */
  readonly reportBatchItemFailures?: boolean;
  /** Batches of one shard at a time, 1 to 10. @default 1 */
  readonly parallelizationFactor?: number;
  /** Takes the record of a batch that was given up; called again until it resolves. @default the batch is dropped */
  readonly onFailure?: (record: StreamFailureRecord) => Promise<void>;
  /** Milliseconds between reads of a shard without news. @default 250, Lambda's four a second */
  readonly pollMilliseconds?: number;
  /** Milliseconds between looks for new shards. @default 10000 */
  readonly shardPollMilliseconds?: number;
  readonly clock?: Clock;
  /** Milliseconds to wait after the nth failure in a row. @default 1 s, doubling, at most 60 s */
  readonly backoff?: (failures: number) => number;
  readonly log?: (line: string) => void;
}
