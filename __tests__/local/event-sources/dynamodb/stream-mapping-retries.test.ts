import type { StreamFailureRecord } from "../../../../local/event-sources/dynamodb/failure-record.ts";
import { streamArn } from "./fake-streams.ts";
import { clockAt, functionArn, putMany, setUp, until } from "./running-mapping.ts";

test("a failing batch blocks its shard and is retried the allowed times; the destination gets Lambda's record", async () => {
  await using subject = await setUp();
  const records: StreamFailureRecord[] = [];
  const arrival = Date.now() - 5_000;
  const [first, second, third] = [
    subject.streams.put("shard-1", "a", { at: arrival }),
    subject.streams.put("shard-1", "bad", { at: arrival + 1_000 }),
    subject.streams.put("shard-1", "c"),
  ] as const;
  await subject.start((_records, numbers) => (numbers.includes(second) ? new TypeError("bad") : null), {
    batchSize: 2,
    maximumRetryAttempts: 2,
    onFailure: async (record) => void records.push(record),
  });
  await until(() => subject.batches.flat().includes(third));
  expect(subject.batches).toEqual([[first, second], [first, second], [first, second], [third]]);
  const iso = (time: number) => new Date(Math.floor(time / 1000) * 1000).toISOString();
  expect(records).toEqual([
    {
      requestContext: {
        requestId: "request-3",
        functionArn,
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      DDBStreamBatchInfo: {
        shardId: "shard-1",
        startSequenceNumber: first,
        endSequenceNumber: second,
        approximateArrivalOfFirstRecord: iso(arrival),
        approximateArrivalOfLastRecord: iso(arrival + 1_000),
        batchSize: 2,
        streamArn,
      },
    },
  ]);
});

test("bisecting leaves only the bad record to be given up", async () => {
  await using subject = await setUp();
  const records: StreamFailureRecord[] = [];
  const numbers = putMany(subject, 7);
  const bad = numbers[4] as string;
  const succeeded: string[] = [];
  await subject.start(
    (_records, batch) => {
      if (batch.includes(bad)) return new Error("bad");
      succeeded.push(...batch);
      return null;
    },
    { bisectOnError: true, maximumRetryAttempts: 1, onFailure: async (record) => void records.push(record) },
  );
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === numbers.at(-1));
  expect(succeeded).toEqual(numbers.filter((number) => number !== bad));
  expect(records.map((record) => record.DDBStreamBatchInfo)).toMatchObject([
    { startSequenceNumber: bad, endSequenceNumber: bad, batchSize: 1 },
  ]);
});

test("of reported failures the lowest is where the retry begins", async () => {
  await using subject = await setUp();
  const numbers = putMany(subject, 5);
  let runs = 0;
  await subject.start(
    () => {
      runs += 1;
      const failed = [numbers[3], numbers[1]];
      return runs === 1 ? { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) } : {};
    },
    { reportBatchItemFailures: true },
  );
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === numbers.at(-1));
  expect(subject.batches).toEqual([numbers, numbers.slice(1)]);
});

test("records too old are given up before a run", async () => {
  await using subject = await setUp();
  const records: StreamFailureRecord[] = [];
  const old = subject.streams.put("shard-1", "a", { at: Date.now() - 120_000 });
  const young = subject.streams.put("shard-1", "a");
  await subject.start(() => null, {
    maximumRecordAgeSeconds: 60,
    onFailure: async (record) => void records.push(record),
  });
  await until(() => subject.batches.length > 0);
  expect(subject.batches).toEqual([[young]]);
  expect(records).toMatchObject([
    {
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: 0 },
      DDBStreamBatchInfo: { startSequenceNumber: old, endSequenceNumber: old },
    },
  ]);
  expect(records[0]).not.toHaveProperty("responseContext");
});

test("a batch that fails without a limit of attempts is given up when it is too old", async () => {
  await using subject = await setUp();
  const records: StreamFailureRecord[] = [];
  const number = subject.streams.put("shard-1", "a", { at: Date.now() });
  let now = Date.now();
  const clock = { ...clockAt("2026-11-21T12:00:00Z"), now: () => now };
  await subject.start(
    () => {
      now += 25_000;
      return new Error("bad");
    },
    { clock, maximumRecordAgeSeconds: 60, onFailure: async (record) => void records.push(record) },
  );
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === number);
  expect(subject.batches).toHaveLength(3);
  expect(records).toMatchObject([
    {
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: 3, requestId: "request-3" },
      responseContext: { statusCode: 200 },
    },
  ]);
});

test("what the service cannot run is repeated without costing an attempt", async () => {
  await using subject = await setUp();
  const [number] = putMany(subject, 1);
  const busy = Object.assign(new Error("busy"), { name: "ServiceException" });
  await subject.start(() => (subject.batches.length < 4 ? busy : null), { maximumRetryAttempts: 0 });
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === number);
  expect(subject.batches).toHaveLength(4);
});

test("the destination is asked until it takes the record, and nothing passes it", async () => {
  await using subject = await setUp();
  const [first, second] = putMany(subject, 2);
  let asked = 0;
  await subject.start((_records, numbers) => (numbers[0] === first ? new Error("bad") : null), {
    batchSize: 1,
    maximumRetryAttempts: 0,
    onFailure: async () => {
      asked += 1;
      expect(subject.batches).toEqual([[first]]);
      if (asked < 3) throw new Error("no queue");
    },
  });
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === second);
  expect(asked).toBe(3);
});
