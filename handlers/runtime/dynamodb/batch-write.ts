import { BatchWriteCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { untilAllProcessed } from "./unprocessed.ts";

type Requests = NonNullable<BatchWriteCommandInput["RequestItems"]>;

/** A write of a batch: an item that is put in the place of the one before, or a key that is deleted. */
export type Write = Requests[string][number];

/** Items BatchWriteItem takes at once (Amazon DynamoDB API: BatchWriteItem). */
const itemsInCall = 25;

/**
 * Writes any number of items, no key twice, each by itself: with a failure some may be written.
 *
 * @throws RequestError `Unavailable` when DynamoDB does not take them all in time
 */
export async function writeInBatches(
  client: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
): Promise<void> {
  for (let from = 0; from < writes.length; from += itemsInCall) {
    const request: Requests = { [table]: writes.slice(from, from + itemsInCall) };
    await untilAllProcessed<Requests>(request, async (request) => {
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: request }));
      return UnprocessedItems;
    });
  }
}
