import { createBatchBuffer } from "../../../../local/event-sources/dynamodb/batch-buffer.ts";
import type { StreamRecord } from "../../../../local/event-sources/dynamodb/stream-record.ts";
import { virtualClock } from "../../functions/virtual-clock.ts";

const record = (n: number, bytes = 100): StreamRecord => ({
  sequenceNumber: String(n),
  arrivedAt: 0,
  itemKey: "a",
  content: {},
  bytes,
});
const running = new AbortController().signal;
const numbers = (batch: readonly StreamRecord[]) => batch.map(({ sequenceNumber }) => Number(sequenceNumber));

test("without a window a batch is what is there, up to its size", async () => {
  const buffer = createBatchBuffer(2, 0, virtualClock());
  for (const n of [1, 2, 3]) buffer.push(record(n));
  expect(numbers(await buffer.take(running))).toEqual([1, 2]);
  expect(numbers(await buffer.take(running))).toEqual([3]);
});

test("a batch ends before 6 MB, but a large record still comes", async () => {
  const buffer = createBatchBuffer(10, 300_000, virtualClock());
  for (const n of [1, 2, 3]) buffer.push(record(n, 2_500_000));
  buffer.push(record(4, 5_600_000));
  buffer.end();
  expect(numbers(await buffer.take(running))).toEqual([1, 2]);
  expect(numbers(await buffer.take(running))).toEqual([3]);
  expect(numbers(await buffer.take(running))).toEqual([4]);
  expect(await buffer.take(running)).toEqual([]);
});

test("a window that ends gives what has come, counted from the first record", async () => {
  const clock = virtualClock();
  const buffer = createBatchBuffer(10, 5_000, clock);
  buffer.push(record(1));
  clock.advance(2_000);
  buffer.push(record(2));
  expect(numbers(await buffer.take(running))).toEqual([1, 2]);
  expect(clock.sleeps).toEqual([3_000]);
});

test("waiting for records ends with the records, the end, or the signal", async () => {
  const stopping = new AbortController();
  const buffer = createBatchBuffer(10, 0, virtualClock());
  const waiting = buffer.take(stopping.signal);
  buffer.push(record(1));
  expect(numbers(await waiting)).toEqual([1]);
  const aborted = buffer.take(stopping.signal);
  stopping.abort();
  expect(await aborted).toEqual([]);
  const ended = buffer.take(running);
  buffer.end();
  expect(await ended).toEqual([]);
});
