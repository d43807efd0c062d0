import type { Clock } from "../../../../local/functions/clock.ts";

/** Lets everything happen that waits for no time. */
export const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that stands still until it is moved; then it stops wherever somebody wakes. */
export function handClock(start: string) {
  let now = Date.parse(start);
  const sleepers = new Set<{ readonly until: number; wake(): void }>();
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + milliseconds,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal?.aborted) return resolve();
        signal?.addEventListener("abort", sleeper.wake, { once: true });
        sleepers.add(sleeper);
      }),
  };
  return {
    clock,
    async moveTo(time: string): Promise<void> {
      const end = Date.parse(time);
      await settled();
      for (;;) {
        const [next] = [...sleepers].sort((a, b) => a.until - b.until);
        if (!next || next.until > end) break;
        now = Math.max(now, next.until);
        next.wake();
        await settled();
      }
      now = end;
    },
    /** As a machine that was asleep: nobody wakes before the end. */
    async jumpTo(time: string): Promise<void> {
      now = Date.parse(time);
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
      await settled();
    },
  };
}
