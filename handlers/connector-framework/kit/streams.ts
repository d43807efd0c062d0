/** Yields what a source yields until the signal aborts, even in the middle of waiting for the next. */
export async function* untilStopped<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const stopped = new Promise<"stopped">((resolve) => {
    if (signal.aborted) resolve("stopped");
    else signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
  let ended = false;
  try {
    for (;;) {
      const next = iterator.next();
      const result = await Promise.race([next, stopped]);
      if (result === "stopped") {
        next.catch(() => {});
        return;
      }
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    // One that waits for its next item cannot end before that: it is told, and not waited for.
    if (!ended) iterator.return?.().then(undefined, () => {});
  }
}

/** Maps items in their order, `limit` of them at one time: no more than that are taken from the source ahead of what is yielded. */
export async function* mapAhead<T, Result>(
  source: AsyncIterable<T>,
  limit: number,
  map: (item: T) => Promise<Result>,
): AsyncGenerator<Result> {
  const ahead: Promise<Result>[] = [];
  for await (const item of source) {
    ahead.push(map(item));
    const first = ahead.length >= limit ? ahead.shift() : undefined;
    if (first) yield first;
  }
  yield* ahead;
}
