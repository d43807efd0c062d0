import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Logger } from "./logger.ts";

/** What is done about the changes of a table. */
export interface StreamConsumer<Ref> {
  /**
   * What a record is about, by its key: what to do is decided by the item as it is now.
   *
   * @throws Error when the record is of something else
   */
  refOf(record: DynamoDBRecord): Ref;
  /** What the log tells of it. */
  keysOf(ref: Ref): Readonly<Record<string, string>>;
  act(ref: Ref, time: { readonly remainingMilliseconds: () => number }): Promise<void>;
  readonly logger: Logger;
}

/**
 * A handler of a table's stream. Acts on each record, one after the other, and reports those that failed: the stream
 * delivers from the first of them again.
 */
export function tableStreamHandler<Ref>(
  consumer: StreamConsumer<Ref>,
): (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse> {
  const { logger } = consumer;

  async function carryOut(record: DynamoDBRecord, remainingMilliseconds: () => number): Promise<void> {
    const ref = consumer.refOf(record);
    logger.appendKeys(consumer.keysOf(ref));
    try {
      await consumer.act(ref, { remainingMilliseconds });
    } catch (error) {
      logger.error("not done: delivered again", { error });
      throw error;
    } finally {
      logger.resetKeys();
    }
  }

  return async (event, context) => {
    logger.addContext(context);
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    return processPartialResponse(
      event,
      (record: DynamoDBRecord) => carryOut(record, remainingMilliseconds),
      new BatchProcessor(EventType.DynamoDBStreams),
      { processInParallel: false, throwOnFullBatchFailure: false },
    );
  };
}
