import fc from "fast-check";
import { mapAhead, untilStopped } from "../../../../handlers/connector-framework/kit/streams.ts";

async function* numbers(count: number) {
  for (let number = 0; number < count; number++) yield number;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const soon = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

test("property: whatever takes how long, every item comes, mapped, in its order, and at most so many are under way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (times, limit) => {
      let underWay = 0;
      let most = 0;
      async function* source() {
        for (const time of times) {
          most = Math.max(most, ++underWay);
          yield time;
        }
      }
      const mapped = mapAhead(source(), limit, async (time) => {
        await soon(time);
        return time;
      });
      const found: number[] = [];
      for await (const time of mapped) {
        underWay--;
        found.push(time);
      }
      expect(found).toEqual(times);
      expect(most).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 30 },
  );
});

test("an error of the source is the consumer's", async () => {
  async function* broken() {
    yield 1;
    throw new Error("the source is gone");
  }
  await expect(all(mapAhead(broken(), 1, async (item) => item))).rejects.toThrow("the source is gone");
});

describe("until it is stopped", () => {
  test("a source yields everything, and is closed by nobody but itself", async () => {
    expect(await all(untilStopped(numbers(3), new AbortController().signal))).toEqual([0, 1, 2]);
  });

  test("a source that waits for ever is left", async () => {
    const stop = new AbortController();
    async function* waiting() {
      yield 1;
      await new Promise(() => {});
    }
    setTimeout(() => stop.abort(), 5);
    expect(await all(untilStopped(waiting(), stop.signal))).toEqual([1]);
  });

  test("a source is closed, so that it can let go what it holds", async () => {
    const stop = new AbortController();
    let closed = false;
    async function* open() {
      try {
        for (;;) yield 1;
      } finally {
        closed = true;
      }
    }
    for await (const _ of untilStopped(open(), stop.signal)) stop.abort();
    await soon(1);
    expect(closed).toBe(true);
  });

  test("a source that fails after it was left harms nobody", async () => {
    const stop = new AbortController();
    async function* failing() {
      await soon(10);
      if (stop.signal.aborted) throw new Error("too late");
      yield 1;
    }
    stop.abort();
    expect(await all(untilStopped(failing(), stop.signal))).toEqual([]);
    await soon(20);
  });
});
