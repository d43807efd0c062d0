import type { Clock } from "../../functions/clock.ts";
import { keyOf, nextTime, type Schedule, type Stores } from "./model.ts";

export interface TimerOptions {
  readonly schedules: Stores["schedules"];
  /** Called once for each time of a schedule. */
  readonly fire: (schedule: Schedule, time: number) => void;
  readonly clock: Clock;
  /** Told when the disk does not take that a schedule has had a time. */
  readonly log: (line: string) => void;
}

export interface Timer {
  /** To be called after each change of a schedule. */
  changed(key: string): void;
  /** Lets times come; what came due since the timer was made does so at once. */
  begin(): void;
  stop(): void;
}

/** No longer, so that a machine that was asleep finds its times soon after it wakes. */
const longestSleepMilliseconds = 60_000;

/**
 * Waits for the times of schedules. A time that passed before the timer was made is not made up for; of several that
 * passed while the machine was asleep, a schedule has one.
 */
export function createTimer({ schedules, fire, clock, log }: TimerOptions): Timer {
  const due = new Map<string, number>();
  let wake = new AbortController();
  let running = false;
  let stopped = false;

  const plan = (key: string, schedule: Schedule | undefined, after: number) => {
    const next = schedule && nextTime(schedule, after);
    if (next === undefined) due.delete(key);
    else due.set(key, next);
    return next;
  };
  const fireDue = (now: number) => {
    const come = [...due].filter(([, time]) => time <= now).sort(([, a], [, b]) => a - b);
    for (const [key, time] of come) {
      const schedule = schedules.get(key);
      if (!schedule) continue;
      const fired = { ...schedule, lastTime: time };
      const next = plan(key, fired, now);
      try {
        if (next === undefined && schedule.settings.ActionAfterCompletion === "DELETE") schedules.delete(key);
        else schedules.put(fired);
      } catch (error) {
        log(`schedule ${schedule.group}/${schedule.name}: its last time is not on disk: ${error}`);
      }
      fire(schedule, time);
    }
  };
  const run = async () => {
    while (!stopped) {
      wake = new AbortController();
      fireDue(clock.now());
      const soonest = Math.min(...due.values(), clock.now() + longestSleepMilliseconds);
      await clock.sleep(Math.max(0, soonest - clock.now()), wake.signal);
    }
  };

  const openedAt = clock.now();
  for (const schedule of schedules.all()) plan(keyOf(schedule), schedule, Math.max(openedAt, schedule.lastTime ?? 0));
  return {
    changed(key) {
      const schedule = schedules.get(key);
      // From that moment on: a rate has its first time then.
      plan(key, schedule, schedule ? Math.max(schedule.modifiedAt - 1, schedule.lastTime ?? 0) : 0);
      wake.abort();
    },
    begin() {
      if (running) return;
      running = true;
      void run();
    },
    stop() {
      stopped = true;
      wake.abort();
    },
  };
}
