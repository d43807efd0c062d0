import { createShutdown, type Phase, phases } from "../../local/shutdown.ts";

const never = () => new Promise<void>(() => undefined);

test("phases end one after the other, whatever the order things were started in", async () => {
  const order: string[] = [];
  const shutdown = createShutdown();
  const member = (phase: Phase) => ({
    async stop() {
      order.push(`${phase} ends`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${phase} has ended`);
    },
  });
  for (const phase of [...phases].reverse()) shutdown[phase].add(member(phase));
  await shutdown.stop(1000);
  expect(order).toEqual(phases.flatMap((phase) => [`${phase} ends`, `${phase} has ended`]));
});

test("the members of a phase end at the same time", async () => {
  const shutdown = createShutdown();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stopWith = (own: typeof first, other: typeof first) => () => {
    own.resolve();
    return other.promise;
  };
  shutdown.sources.add({ stop: stopWith(first, second) });
  shutdown.sources.add({ stop: stopWith(second, first) });
  await shutdown.stop(1000);
});

test("a second stop waits for the first, and stops nothing twice", async () => {
  let stops = 0;
  const shutdown = createShutdown();
  shutdown.services.add({
    async stop() {
      stops += 1;
    },
  });
  await Promise.all([shutdown.stop(1000), shutdown.stop(1000)]);
  expect(stops).toBe(1);
});

test("one that fails to stop keeps no other from stopping, and its error is told", async () => {
  const stopped: string[] = [];
  const shutdown = createShutdown();
  const failing = (name: string) => ({
    async stop() {
      stopped.push(name);
      throw new Error(`${name} will not`);
    },
  });
  shutdown.sources.add(failing("a"));
  shutdown.services.add(failing("b"));
  await expect(shutdown.stop(1000)).rejects.toThrow("a will not");
  expect(stopped).toEqual(["a", "b"]);
});

test("when the time is up, what does not end is named, and it and all behind it is killed", async () => {
  const killed: string[] = [];
  const shutdown = createShutdown();
  const member = (name: string, stop: () => Promise<void>) => ({ stop, kill: () => killed.push(name) });
  shutdown.intake.add(
    member("intake", async () => undefined),
    "intake",
  );
  shutdown.sources.add(
    member("ended", async () => undefined),
    "ended",
  );
  shutdown.sources.add(member("a mapping", never), "event sources");
  shutdown.sources.add(member("another mapping", never), "event sources");
  shutdown.sources.add(member("a job", never), "jobs");
  shutdown.services.add(member("DynamoDB", never), "DynamoDB");
  await expect(shutdown.stop(20)).rejects.toThrow("not ended within 0.02 s, and killed: event sources, jobs");
  expect(killed).toEqual(["a mapping", "another mapping", "a job", "DynamoDB"]);
});
