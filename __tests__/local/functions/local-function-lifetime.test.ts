import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { specOf, temporaryFolder } from "./bundle.ts";
import { alive, functionOf, until } from "./running-function.ts";

test("a process that ends between two events is replaced", async () => {
  await using subject = await functionOf(
    "export const handler = async () => { setTimeout(() => process.exit(1), 5); return process.pid }",
  );
  const first = await subject.fn.invoke({});
  const pid = first.ok ? Number(first.payload) : 0;
  await until(() => !alive(pid));
  const second = await subject.fn.invoke({});
  expect(second).toMatchObject({ ok: true, payload: expect.any(Number) });
  expect(second.ok && second.payload).not.toBe(pid);
});

describe("stopping", () => {
  test("ends running processes and rejects their events and those that wait as a service error", async () => {
    await using subject = await functionOf(
      "export const handler = async () => { console.log(process.pid); await new Promise(r => setTimeout(r, 60_000)) }",
      { timeoutSeconds: 60 },
      { maximumConcurrency: 1 },
    );
    const events = [subject.fn.invoke({}), subject.fn.invoke({})].map((event) =>
      expect(event).rejects.toMatchObject({ code: "ServiceException" }),
    );
    await until(() => subject.lines.length > 0);
    const pid = Number(JSON.parse(subject.lines[0] ?? "{}").message);
    const startedAt = Date.now();
    await subject.fn.stop();
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(alive(pid)).toBe(false);
    await Promise.all(events);
    await expect(subject.fn.invoke({})).rejects.toMatchObject({ code: "ServiceException" });
  });
});

test("what a handler has started ends with it", async () => {
  await using subject = await functionOf(`import { spawn } from "node:child_process";
    export const handler = async () =>
      spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1e6)"], { stdio: "inherit" }).pid;`);
  const result = await subject.fn.invoke({});
  const pid = result.ok ? Number(result.payload) : 0;
  expect(alive(pid)).toBe(true);
  await until(() => subject.lines.includes("1"));
  // Its output is a copy of the function's: it closes only when both are gone.
  await subject.fn.stop();
});

test("a killed parent takes its functions along, even one in an endless loop", async () => {
  await using folder = await temporaryFolder();
  const spec = await specOf(
    folder.path,
    `import { connect } from "node:net";
     export const handler = async (port) => {
       const socket = connect(port, "127.0.0.1");
       await new Promise((resolve) => socket.write("running", resolve));
       for (;;);
     }`,
    { timeoutSeconds: 900 },
  );
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const module = join(import.meta.dirname, "../../../local/functions/local-function.ts");
  const script = `import { createLocalFunction } from ${JSON.stringify(module)};
    await createLocalFunction(${JSON.stringify(spec)}).invoke(${port});`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  try {
    const [socket]: Socket[] = await once(server, "connection");
    await once(socket as Socket, "data");
    parent.kill("SIGKILL");
    const end = new Promise((resolve) => socket?.on("error", resolve).on("close", resolve));
    await end;
  } finally {
    parent.kill("SIGKILL");
    server.close();
  }
});
