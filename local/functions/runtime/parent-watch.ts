import { Worker } from "node:worker_threads";

/**
 * Ends this process and what it has started (it leads a process group) when the pipe from its parent closes, which also a SIGKILL of the parent does. Watched from a
 * thread of its own, for a handler in an endless loop never lets its own thread look.
 * @param fd the read end of the pipe
 */
export function dieWithParent(fd: number): void {
  const watch = `
    const { Socket } = require("node:net");
    const pipe = new Socket({ fd: ${fd} });
    pipe.on("error", () => {});
    pipe.on("close", () => process.kill(-process.pid, "SIGKILL"));
    pipe.resume();
  `;
  new Worker(watch, { eval: true, execArgv: [], env: {}, stdin: false }).unref();
}
