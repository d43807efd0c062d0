import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { Construct } from "constructs";
import { Alarm } from "../alarm/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import type { DeadLetterQueue } from "../queue/index.ts";
import type { Grantee } from "../role/index.ts";
import type { TableStream } from "../table/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

/** What can happen to an item. */
export type Change = "INSERT" | "MODIFY" | "REMOVE";

/** What a text may be: this, anything or nothing at all, or anything that begins so. */
export type TextPattern = string | { readonly exists: boolean } | { readonly prefix: string };

/** Text attributes and the patterns any of which they must match, in DynamoDB's own JSON. */
export type ImagePattern = Readonly<Record<string, { readonly S: readonly TextPattern[] }>>;

/** A pattern of a stream's filter (AWS Lambda: Using event filtering with a DynamoDB event source). */
export interface ChangePattern {
  readonly eventName: readonly Change[];
  /** The item's keys, what it was before, and what it is now. Images need a stream that shows them. @default anything */
  readonly dynamodb?: {
    readonly Keys?: ImagePattern;
    readonly OldImage?: ImagePattern;
    readonly NewImage?: ImagePattern;
  };
}

export interface StreamConsumerProps {
  /**
   * Only changes that match one of these, at most 5 (AWS Lambda: Filter criteria basics). A consumer that writes to the
   * table itself must not match what it writes, or it feeds itself. @default every INSERT and MODIFY
   */
  readonly only?: readonly ChangePattern[];
  /** Where it is noted which records were given up on; the records themselves stay in the stream for 24 hours. */
  readonly onFailure: DeadLetterQueue;
  /** Records in one invocation, 1 to 10 000. @default 10 */
  readonly batchSize?: number;
  /** Batches of one shard at the same time, 1 to 10; changes of one item stay in order. @default 1 */
  readonly parallelBatches?: number;
  /** Further tries of a failed batch, 0 to 10 000; `unlimited` leaves it to the records' age alone. @default 10 */
  readonly maxRetries?: number | "unlimited";
  /** Seconds after which a record is given up on, 60 to 86 400: the stream keeps no more. @default 21 600, six hours */
  readonly maxAgeSeconds?: number;
  /** Seconds a record may wait before an alarm sounds. @default 300 */
  readonly lagAlarmSeconds?: number;
}

const everyPut: readonly ChangePattern[] = [{ eventName: ["INSERT", "MODIFY"] }];

/** The function that consumes, by what is needed of it. */
interface Consumer extends Grantee {
  readonly name: string;
}

/**
 * Feeds a table's changes to a function, from the oldest the stream has. A failed batch is halved until the record that
 * fails is alone; the function reports which records failed. An alarm sounds when it falls behind.
 */
export class StreamConsumer extends Construct {
  readonly resource: LambdaEventSourceMapping;
  readonly lag: Alarm;

  constructor(scope: Construct, id: string, consumer: Consumer, stream: TableStream, props: StreamConsumerProps) {
    super(scope, id);
    const { only = everyPut, onFailure, batchSize = 10, parallelBatches = 1 } = props;
    const { maxRetries = 10, maxAgeSeconds = 21_600, lagAlarmSeconds = 300 } = props;
    const retries = maxRetries === "unlimited" ? undefined : maxRetries;
    checkProps(this, [
      [only.length === 0, "only is empty: nothing would be consumed"],
      [only.length > 5, `only has ${only.length} patterns: at most 5`],
      ...only.map(({ eventName }, index): [boolean, string] => [
        eventName.length === 0,
        `only.${index}.eventName is empty: it would match nothing`,
      ]),
      wholeNumber("batchSize", batchSize, 1, 10_000),
      wholeNumber("parallelBatches", parallelBatches, 1, 10),
      wholeNumber("maxRetries", retries, 0, 10_000),
      wholeNumber("maxAgeSeconds", maxAgeSeconds, 60, 86_400),
      [
        lagAlarmSeconds >= maxAgeSeconds,
        `lagAlarmSeconds is ${lagAlarmSeconds}, but records are given up on after ${maxAgeSeconds}: no alarm would sound`,
      ],
    ]);
    this.resource = new LambdaEventSourceMapping(this, "Resource", {
      eventSourceArn: stream.arn,
      functionName: consumer.name,
      startingPosition: "TRIM_HORIZON",
      batchSize,
      parallelizationFactor: parallelBatches,
      maximumRetryAttempts: retries ?? -1,
      maximumRecordAgeInSeconds: maxAgeSeconds,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      filterCriteria: { filter: only.map((pattern) => ({ pattern: canonicalJson(pattern) })) },
      destinationConfig: { onFailure: { destinationArn: onFailure.arn } },
      dependsOn: [stream.grantRead(consumer), onFailure.grantSend(consumer)],
    });
    this.lag = new Alarm(this, "Lag", {
      metric: {
        namespace: "AWS/Lambda",
        name: "IteratorAge",
        dimensions: { FunctionName: consumer.name },
        statistic: "Maximum",
      },
      atLeast: lagAlarmSeconds * 1000,
      description: `Changes wait longer than ${lagAlarmSeconds} s to be processed. Look for errors and throttles of the function that consumes them.`,
      runbook: "stream-lag",
    });
  }
}
