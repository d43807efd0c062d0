import type { ExecutionEnvironment } from "./execution-environment.ts";

/** Lends out execution environments: warm ones first, new ones up to a limit, then in the order of asking. */
export interface ExecutionPool {
  /** Runs `work` with an environment nobody else uses meanwhile. */
  use<T>(work: (environment: ExecutionEnvironment) => Promise<T>): Promise<T>;
  /** Ends every environment; what waits is rejected with `stopped()`. */
  stop(): Promise<void>;
}

export interface ExecutionPoolOptions {
  start(): Promise<ExecutionEnvironment>;
  /** The error for those who still wait, or come, after `stop`. */
  stopped(): Error;
  readonly maximumConcurrency: number;
  /** Milliseconds an unused environment is kept. */
  readonly idleMilliseconds: number;
}

interface Waiter {
  proceed(): void;
  fail(error: Error): void;
}

/** A pool that starts empty. */
export function createExecutionPool(options: ExecutionPoolOptions): ExecutionPool {
  const idle: { readonly environment: ExecutionEnvironment; readonly reaper: NodeJS.Timeout }[] = [];
  const everyone = new Set<ExecutionEnvironment>();
  const waiters: Waiter[] = [];
  const starting = new Set<Promise<unknown>>();
  let busy = 0;
  let stopped = false;

  const admission = async (): Promise<void> => {
    if (stopped) throw options.stopped();
    if (busy < options.maximumConcurrency) {
      busy += 1;
      return;
    }
    await new Promise<void>((proceed, fail) => waiters.push({ proceed, fail }));
  };
  const leave = () => {
    const next = waiters.shift();
    if (next) next.proceed();
    else busy -= 1;
  };
  const takeWarm = (): ExecutionEnvironment | undefined => {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      clearTimeout(entry.reaper);
      if (entry.environment.alive) return entry.environment;
    }
    return undefined;
  };
  const startNew = async (): Promise<ExecutionEnvironment> => {
    const start = options.start();
    starting.add(start);
    try {
      const environment = await start;
      everyone.add(environment);
      environment.gone.then(() => everyone.delete(environment));
      return environment;
    } finally {
      starting.delete(start);
    }
  };
  const putBack = (environment: ExecutionEnvironment) => {
    if (stopped || !environment.alive) return;
    const reaper = setTimeout(() => {
      const index = idle.findIndex((entry) => entry.environment === environment);
      if (index >= 0) idle.splice(index, 1);
      void environment.stop();
    }, options.idleMilliseconds);
    reaper.unref();
    idle.push({ environment, reaper });
  };

  return {
    async use(work) {
      await admission();
      try {
        const environment = takeWarm() ?? (await startNew());
        if (stopped) throw options.stopped();
        try {
          return await work(environment);
        } finally {
          putBack(environment);
        }
      } finally {
        leave();
      }
    },
    async stop() {
      stopped = true;
      for (const waiter of waiters.splice(0)) waiter.fail(options.stopped());
      for (const entry of idle.splice(0)) clearTimeout(entry.reaper);
      await Promise.allSettled(starting);
      await Promise.all([...everyone].map((environment) => environment.stop()));
    },
  };
}
