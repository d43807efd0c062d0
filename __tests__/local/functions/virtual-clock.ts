import type { Clock } from "../../../local/functions/clock.ts";

/** A clock that jumps instead of waiting, and remembers how long it was asked to wait. */
export function virtualClock(start = Date.parse("2026-11-21T12:00:00.000Z")) {
  let now = start;
  const sleeps: number[] = [];
  const clock: Clock & { sleeps: number[]; advance(milliseconds: number): void } = {
    sleeps,
    now: () => now,
    async sleep(milliseconds, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) return;
      sleeps.push(milliseconds);
      now += milliseconds;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
  return clock;
}
