import fc from "fast-check";
import { createMethodThrottle, createThrottle } from "../../../local/gateway/throttle.ts";

test("a burst is let through at once, then as many a second as the rate says", () => {
  let time = 1000;
  const take = createThrottle({ rateLimit: 2, burstLimit: 3 }, () => time);
  const taken = () => Array.from({ length: 10 }, () => take()).filter(Boolean).length;
  expect(taken()).toBe(3);
  time += 499;
  expect(taken()).toBe(0);
  time += 1;
  expect(taken()).toBe(1);
  time += 60_000;
  expect(taken()).toBe(3);
});

test("in no stretch of time do more come through than the burst and the rate allow", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }),
      (rateLimit, burstLimit, waits) => {
        let time = 0;
        const take = createThrottle({ rateLimit, burstLimit }, () => time);
        const times: number[] = [];
        for (const wait of waits) {
          time += wait;
          if (take()) times.push(time);
        }
        times.forEach((from, first) => {
          times.slice(first).forEach((to, more) => {
            expect(more + 1).toBeLessThanOrEqual(burstLimit + ((to - from) / 1000) * rateLimit + 1e-6);
          });
        });
      },
    ),
  );
});

test("each method has a bucket of its own", () => {
  const take = createMethodThrottle({ rateLimit: 1, burstLimit: 2 }, () => 0);
  const [get, post] = [{}, {}];
  expect([take(get), take(get), take(get)]).toEqual([true, true, false]);
  expect([take(post), take(post), take(post)]).toEqual([true, true, false]);
});
