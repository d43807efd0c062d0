import * as fc from "fast-check";
import { createShardProgress } from "../../../../local/event-sources/dynamodb/shard-progress.ts";

test("the checkpoint is always the last record before which nothing is unfinished, whatever the order", () => {
  const plan = fc
    .integer({ min: 1, max: 40 })
    .chain((count) =>
      fc.tuple(fc.constant(count), fc.shuffledSubarray([...Array(count).keys()]), fc.func(fc.boolean())),
    );
  fc.assert(
    fc.property(plan, ([count, finishing, readFirst]) => {
      const progress = createShardProgress();
      const finished = new Set<number>();
      let read = 0;
      let checkpoint = -1;
      for (const n of finishing) {
        while (read <= n || (read < count && readFirst(read))) progress.read(String(read++));
        const moved = progress.finish([String(n)]);
        finished.add(n);
        let expected = -1;
        while (finished.has(expected + 1)) expected += 1;
        expect(moved).toBe(expected === checkpoint ? undefined : String(expected));
        checkpoint = expected;
        expect(progress.outstanding).toBe(read - 1 - checkpoint);
      }
    }),
  );
});

test("a long shard is followed to its end", () => {
  const progress = createShardProgress();
  let checkpoint: string | undefined;
  for (let n = 0; n < 5_000; n += 2) {
    progress.read(String(n));
    progress.read(String(n + 1));
    expect(progress.finish([String(n + 1)])).toBeUndefined();
    checkpoint = progress.finish([String(n)]);
    expect(checkpoint).toBe(String(n + 1));
  }
  expect(progress.outstanding).toBe(0);
});
