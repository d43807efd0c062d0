import { setTimeout as delay } from "node:timers/promises";

/** Something that runs until it is stopped. */
export interface Stoppable {
  /** Resolves when it holds nothing any more. */
  stop(): Promise<void>;
  /** Ends it at once, without order; for when `stop` takes too long. @default it ends with this process */
  kill?(): void;
}

/**
 * The order of the end. Nothing new comes in; then nothing is started by itself any more (event sources, asynchronous
 * events, jobs), while what runs has its functions and services still; then the functions, then the services, and at
 * last the hold on the data directory.
 */
export const phases = ["intake", "sources", "functions", "services", "data"] as const;
export type Phase = (typeof phases)[number];

/** Takes what has been started, to stop it later. */
export interface Shutdown {
  /** @param name what it is called should it not end @default its phase */
  add<S extends Stoppable>(started: S, name?: string): S;
}

/** What has been started, by the phase in which it ends. */
export interface PhasedShutdown extends Readonly<Record<Phase, Shutdown>> {
  /**
   * Stops everything: phase after phase, the members of one at the same time. A second call waits for the same end.
   *
   * @param milliseconds for all of it; what is left then is killed
   * @throws Error naming what did not end in time; else the first error of a member, after all have been tried
   */
  stop(milliseconds: number): Promise<void>;
}

/** A shutdown of nothing yet. */
export function createShutdown(): PhasedShutdown {
  const running = new Map<Stoppable, { readonly phase: Phase; readonly name: string }>();
  const errors: unknown[] = [];
  let stopping: Promise<void> | undefined;
  let current: Phase | undefined;

  const stopOne = async (one: Stoppable) => {
    try {
      await one.stop();
    } catch (error) {
      errors.push(error);
    }
    running.delete(one);
  };
  const stopAll = async () => {
    for (const phase of phases) {
      current = phase;
      const members = [...running].flatMap(([one, { phase: its }]) => (its === phase ? [one] : []));
      await Promise.all(members.map(stopOne));
    }
  };
  const stopWithin = async (milliseconds: number) => {
    const inTime = new AbortController();
    const timeUp = delay(milliseconds, "time is up" as const, { signal: inTime.signal }).catch(() => undefined);
    const outcome = await Promise.race([stopAll(), timeUp]);
    inTime.abort();
    if (outcome === "time is up") {
      for (const one of running.keys()) one.kill?.();
      const names = [...running.values()].flatMap(({ phase, name }) => (phase === current ? [name] : []));
      throw new Error(`not ended within ${milliseconds / 1000} s, and killed: ${[...new Set(names)].join(", ")}`);
    }
    if (errors.length > 0) throw errors[0];
  };

  const of = (phase: Phase): Shutdown => ({
    add(started, name = phase) {
      running.set(started, { phase, name });
      return started;
    },
  });
  return {
    ...{ intake: of("intake"), sources: of("sources"), functions: of("functions") },
    ...{ services: of("services"), data: of("data") },
    stop(milliseconds) {
      stopping ??= stopWithin(milliseconds);
      return stopping;
    },
  };
}
