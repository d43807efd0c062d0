import { spawn } from "node:child_process";
import { once } from "node:events";

/** Watches over a process group until it is dismissed. */
export interface ParentWatch {
  /** Resolves when the watching process is gone, too. */
  dismiss(): Promise<void>;
}

// The death of the process that holds the other end closes this one's input.
const watch = 'read -r ended || kill -s KILL -- "-$1"';

/**
 * Makes a process group end with this process, however that dies: a process of its own watches, so that neither a
 * SIGKILL here nor an endless loop there is in its way. Its start is under way when this returns the promise.
 *
 * @throws Error when the watching process cannot be created
 */
export async function killWithParent(leader: number): Promise<ParentWatch> {
  const watcher = spawn("/bin/sh", ["-c", watch, "sh", String(leader)], {
    env: {},
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.stdin.on("error", () => undefined);
  await once(watcher, "spawn");
  const gone = once(watcher, "exit");
  return {
    async dismiss() {
      watcher.stdin.end("\n");
      await gone;
    },
  };
}
