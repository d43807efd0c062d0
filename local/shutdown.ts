/** Something that runs until it is stopped. `stop` resolves when it holds nothing any more. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** What has been started, to be stopped in the opposite order. */
export interface Shutdown extends Stoppable {
  add<S extends Stoppable>(started: S): S;
}

/** A shutdown of nothing yet. Its `stop` tries everything, and then throws the first error there was. */
export function createShutdown(): Shutdown {
  const started: Stoppable[] = [];
  return {
    add(one) {
      started.push(one);
      return one;
    },
    async stop() {
      const errors: unknown[] = [];
      for (const one of started.splice(0).reverse()) await one.stop().catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    },
  };
}
