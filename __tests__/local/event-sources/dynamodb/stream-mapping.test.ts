import { streamArn } from "./fake-streams.ts";
import { clockAt, functionArn, putMany, setUp, until } from "./running-mapping.ts";

test("the event has the shape of Lambda's", async () => {
  await using subject = await setUp();
  const sequence = subject.streams.put("shard-1", "a", {
    image: {
      bytes: { B: "AQI=" },
      set: { BS: ["AQ=="] },
      list: { L: [{ M: { deep: { B: "Ag==" } } }] },
      none: { NULL: true },
    },
    at: Date.parse("2026-11-21T12:00:00Z"),
    more: { eventName: "REMOVE", userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" } },
  });
  await subject.start(() => null, { clock: clockAt("2026-11-21T12:00:01Z") });
  await until(() => subject.events.length > 0);
  expect(subject.events).toEqual([
    {
      Records: [
        {
          eventID: `event-${sequence}`,
          eventName: "REMOVE",
          eventVersion: "1.1",
          eventSource: "aws:dynamodb",
          awsRegion: "eu-west-1",
          dynamodb: {
            ApproximateCreationDateTime: 1795262400,
            Keys: { id: { S: "a" } },
            NewImage: {
              id: { S: "a" },
              bytes: { B: "AQI=" },
              set: { BS: ["AQ=="] },
              list: { L: [{ M: { deep: { B: "Ag==" } } }] },
              none: { NULL: true },
            },
            SequenceNumber: sequence,
            SizeBytes: 10,
            StreamViewType: "NEW_AND_OLD_IMAGES",
          },
          eventSourceARN: streamArn,
          userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
        },
      ],
    },
  ]);
});

test("records come in order, in batches no larger than asked, and the checkpoint follows", async () => {
  await using subject = await setUp();
  const numbers = putMany(subject, 50);
  await subject.start(() => null, { batchSize: 10 });
  await until(() => subject.batches.flat().length === 50);
  expect(subject.batches.flat()).toEqual(numbers);
  expect(Math.max(...subject.batches.map((batch) => batch.length))).toBeLessThanOrEqual(10);
  await until(async () => (await subject.checkpoint())["shard-1"].after === numbers.at(-1));
});

test("a window gathers a batch until it is full", async () => {
  await using subject = await setUp();
  await subject.start(() => null, { batchSize: 20, batchingWindowSeconds: 300 });
  const numbers: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    numbers.push(subject.streams.put("shard-1", "a"));
    const reads = subject.streams.calls.length;
    await until(() => subject.streams.calls.length > reads + 1);
    if (n < 19) expect(subject.batches).toEqual([]);
  }
  await until(() => subject.batches.length > 0);
  expect(subject.batches).toEqual([numbers]);
});

test("only records that pass a filter reach the function; the others move the checkpoint without a run", async () => {
  await using subject = await setUp();
  const status = (value: string) => subject.streams.put("shard-1", "a", { image: { status: { S: value } } });
  const wanted = [status("STARTED"), status("DONE"), status("STOPPING"), status("DONE")].filter((_, n) => n % 2 === 0);
  const last = status("DONE");
  await subject.start(() => null, {
    filters: [
      { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["STARTED"] } } } },
      { dynamodb: { NewImage: { status: { S: [{ prefix: "STOP" }] } } } },
      { eventSource: ["aws:dynamodb"] },
    ],
  });
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === last);
  expect(subject.batches.flat()).toEqual(wanted);
});

test("with several batches at a time, one failing item holds back its own lane only, and the checkpoint", async () => {
  await using subject = await setUp();
  const numbers = putMany(subject, 60, "shard-1", 12);
  const perItem = new Map<string, string[]>();
  let broken = true;
  let running = 0;
  let most = 0;
  await subject.start(
    async (records) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      if (broken && records.some((record) => record.dynamodb.Keys.id.S === "item-0")) return new Error("broken");
      for (const { dynamodb } of records)
        perItem.set(dynamodb.Keys.id.S, [...(perItem.get(dynamodb.Keys.id.S) ?? []), dynamodb.SequenceNumber]);
      return null;
    },
    { batchSize: 3, parallelizationFactor: 4 },
  );
  await until(() => perItem.size >= 6);
  expect((await subject.checkpoint())["shard-1"]).toBeUndefined();
  broken = false;
  await until(async () => (await subject.checkpoint())["shard-1"]?.after === numbers.at(-1));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
  for (let item = 0; item < 12; item += 1)
    expect(perItem.get(`item-${item}`)).toEqual(numbers.filter((_, n) => n % 12 === item));
});

test("settings out of range are refused, all of them at once", async () => {
  await using subject = await setUp();
  await expect(
    subject.start(() => null, {
      batchSize: 0,
      batchingWindowSeconds: 301,
      maximumRetryAttempts: -2,
      maximumRecordAgeSeconds: 59,
      parallelizationFactor: 11,
    }),
  ).rejects.toMatchObject({
    code: "InvalidParameterValueException",
    message:
      `${functionArn}: batchSize is 0: 1 to 10000; batchingWindowSeconds is 301: 0 to 300; ` +
      "maximumRetryAttempts is -2: -1 or 0 to 10000; maximumRecordAgeSeconds is 59: -1 or 60 to 604800; " +
      "parallelizationFactor is 11: 1 to 10",
  });
  await expect(subject.start(() => null, { filters: [{ a: [{ like: "x" }] }] })).rejects.toThrow(
    "Unrecognized match type like at a",
  );
});
