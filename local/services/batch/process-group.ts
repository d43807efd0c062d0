import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "./model.ts";
import { processIdentity } from "./process-identity.ts";
import { isSystemError } from "./system-error.ts";

/** Signals every process of a group; a group that is gone is fine. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // macOS answers EPERM for a group of zombies.
    if (isSystemError(error, "ESRCH", "EPERM")) return;
    throw error;
  }
}

/**
 * Kills the process group a host left behind when it died, unless the process id belongs to another process by now.
 * Throws when the group's leader is still there 5 seconds later.
 */
export async function killOrphan({ pid, identity }: NonNullable<Job["process"]>): Promise<void> {
  if (processIdentity(pid) !== identity) return;
  signalGroup(pid, "SIGKILL");
  for (let waited = 0; waited < 5000; waited += 20) {
    if (processIdentity(pid) !== identity) return;
    await delay(20);
  }
  throw new Error(`process ${pid}, left over from a Batch job, does not end`);
}
