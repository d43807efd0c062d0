import { streamArn } from "./fake-streams.ts";
import { putMany, setUp, until } from "./running-mapping.ts";

describe("a restart", () => {
  test("goes on after the checkpoint, whatever the starting position says", async () => {
    await using subject = await setUp();
    const before = putMany(subject, 5);
    const mapping = await subject.start(() => null);
    await until(() => subject.batches.flat().length === 5);
    await mapping.stop();
    const during = putMany(subject, 5);
    await subject.start(() => null, { startingPosition: "LATEST" });
    await until(() => subject.batches.flat().length === 10);
    expect(subject.batches.flat()).toEqual([...before, ...during]);
  });

  test("runs again what was running when it was stopped, which takes no longer than five seconds", async () => {
    await using subject = await setUp();
    const numbers = putMany(subject, 3);
    const mapping = await subject.start(() => new Promise(() => {}));
    await until(() => subject.batches.length === 1);
    const startedAt = Date.now();
    await mapping.stop();
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await subject.start(() => null);
    await until(() => subject.batches.length === 2);
    expect(subject.batches).toEqual([numbers, numbers]);
  });

  test("says so when its checkpoint is trimmed, and goes on with the oldest record", async () => {
    await using subject = await setUp();
    putMany(subject, 3);
    const mapping = await subject.start(() => null);
    await until(() => subject.batches.flat().length === 3);
    await mapping.stop();
    const numbers = putMany(subject, 5);
    subject.streams.trim("shard-1", 6);
    await subject.start(() => null);
    await until(() => subject.batches.flat().length === 5);
    expect(subject.batches.flat().slice(3)).toEqual(numbers.slice(3));
    expect(subject.log).toContainEqual(expect.stringContaining("are trimmed"));
  });

  test("of a table made anew begins like a first start", async () => {
    await using subject = await setUp();
    putMany(subject, 1);
    await (await subject.start(() => null, { startingPosition: "LATEST", streamArn: `${streamArn}-older` })).stop();
    const numbers = putMany(subject, 1);
    await subject.start(() => null);
    await until(() => subject.batches.flat().length === 2);
    expect(subject.batches.flat()).toEqual(expect.arrayContaining(numbers));
  });
});

describe("LATEST", () => {
  test("leaves out what was there before, and nothing after, even if the first start sees no record", async () => {
    await using subject = await setUp();
    subject.streams.addShard("shard-2");
    putMany(subject, 20);
    const mapping = await subject.start(() => null, { startingPosition: "LATEST" });
    await mapping.stop();
    const numbers = [...putMany(subject, 2), ...putMany(subject, 2, "shard-2")];
    await subject.start(() => null, { startingPosition: "LATEST" });
    await until(() => subject.batches.flat().length >= 4);
    expect(subject.batches.flat().sort()).toEqual(numbers);
  });

  test("reads a shard that appears later from its beginning, after its parent has ended", async () => {
    await using subject = await setUp();
    putMany(subject, 2);
    await subject.start(() => null, { startingPosition: "LATEST", batchSize: 1 });
    const numbers = putMany(subject, 30);
    subject.streams.addShard("shard-2", "shard-1");
    subject.streams.addShard("shard-3", "shard-2");
    numbers.push(...putMany(subject, 3, "shard-2"), ...putMany(subject, 3, "shard-3"));
    subject.streams.endShard("shard-1");
    subject.streams.endShard("shard-2");
    await until(() => subject.batches.flat().length === 36);
    expect(subject.batches.flat()).toEqual(numbers);
    expect(await subject.checkpoint()).toMatchObject({ "shard-1": { ended: true }, "shard-2": { ended: true } });
  });
});

test("expired iterators and refused reads lose nothing and repeat nothing", async () => {
  await using subject = await setUp();
  const numbers: string[] = [];
  await subject.start(() => null);
  for (let round = 0; round < 5; round += 1) {
    numbers.push(...putMany(subject, 10));
    subject.streams.expireIterators();
    subject.streams.refuse(2);
    await until(() => subject.batches.flat().length >= numbers.length - 5);
  }
  await until(() => subject.batches.flat().length >= numbers.length);
  expect(subject.batches.flat()).toEqual(numbers);
  expect(subject.log).toContainEqual(expect.stringContaining("LimitExceededException"));
});
