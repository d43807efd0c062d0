import { createShutdown } from "../../local/shutdown.ts";

const recording = (order: string[], name: string, error?: Error) => ({
  async stop() {
    order.push(name);
    if (error) throw error;
  },
});

test("what was started last is stopped first, each once", async () => {
  const order: string[] = [];
  const shutdown = createShutdown();
  for (const name of ["a", "b", "c"]) shutdown.add(recording(order, name));
  await shutdown.stop();
  await shutdown.stop();
  expect(order).toEqual(["c", "b", "a"]);
});

test("one that fails to stop keeps no other from stopping, and its error is told", async () => {
  const order: string[] = [];
  const shutdown = createShutdown();
  shutdown.add(recording(order, "a"));
  shutdown.add(recording(order, "b", new Error("b will not")));
  shutdown.add(recording(order, "c", new Error("c will not")));
  await expect(shutdown.stop()).rejects.toThrow("c will not");
  expect(order).toEqual(["c", "b", "a"]);
});
