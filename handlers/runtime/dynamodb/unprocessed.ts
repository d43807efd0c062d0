import pRetry from "p-retry";
import { RequestError, unavailable } from "../errors.ts";

/** DynamoDB leaves items of a batch out when it is busy, and asks for exponential back-off (API: BatchWriteItem). */
const backOff = { retries: 8, minTimeout: 50, factor: 2, randomize: true, maxRetryTime: 10_000 };

/**
 * Sends a batch, then what was left of it, until nothing is.
 *
 * @throws RequestError `Unavailable` when something is left after about ten seconds
 */
export async function untilAllProcessed<Requests extends object>(
  requests: Requests,
  send: (requests: Requests) => Promise<Requests | undefined>,
): Promise<void> {
  let left = requests;
  await pRetry(
    async () => {
      const unprocessed = await send(left);
      if (unprocessed === undefined || Object.keys(unprocessed).length === 0) return;
      left = unprocessed;
      throw unavailable("the table is busy: try again");
    },
    { ...backOff, shouldRetry: ({ error }) => error instanceof RequestError },
  );
}
