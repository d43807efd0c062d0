import type { Clock } from "../../functions/clock.ts";
import type { StreamRecord } from "./stream-record.ts";

/** Records of one lane of a shard on their way into batches. */
export interface BatchBuffer {
  push(record: StreamRecord): void;
  /** No more will come: what is left makes a last batch at once. */
  end(): void;
  /** The next batch: full, or whatever is there when the window ends. Empty at the end or when aborted. */
  take(signal: AbortSignal): Promise<readonly StreamRecord[]>;
}

/** Bytes of records in one batch: Lambda's 6 MB less room for each record's source fields. */
const maximumBatchBytes = 5_500_000;

/** @param windowMilliseconds from the first record of a batch; 0 to take what is there */
export function createBatchBuffer(batchSize: number, windowMilliseconds: number, clock: Clock): BatchBuffer {
  const records: { readonly record: StreamRecord; readonly since: number }[] = [];
  let ended = false;
  let wake = () => {};
  const changed = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  /** How many records the next batch would have now. */
  const fitting = (): { readonly count: number; readonly full: boolean } => {
    let bytes = 0;
    let count = 0;
    for (const { record } of records.slice(0, batchSize)) {
      bytes += record.bytes;
      if (count > 0 && bytes > maximumBatchBytes) return { count, full: true };
      count += 1;
    }
    return { count, full: count === batchSize };
  };

  return {
    push(record) {
      records.push({ record, since: clock.now() });
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async take(signal) {
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort);
      try {
        for (;;) {
          if (signal.aborted) return [];
          const { count, full } = fitting();
          const first = records[0];
          if (!first) {
            if (ended) return [];
            await changed();
            continue;
          }
          const wait = first.since + windowMilliseconds - clock.now();
          if (full || ended || wait <= 0) return records.splice(0, count).map(({ record }) => record);
          const sleep = new AbortController();
          await Promise.race([changed(), clock.sleep(wait, sleep.signal)]);
          sleep.abort();
        }
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
