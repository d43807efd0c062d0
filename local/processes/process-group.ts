import { setTimeout as delay } from "node:timers/promises";
import { processIdentity } from "./process-identity.ts";
import { isSystemError } from "./system-error.ts";

/** A process as it is put on record: its id, and what tells it from a later one with that id. */
export interface RecordedProcess {
  readonly pid: number;
  readonly identity: string;
}

/** Milliseconds that a killed process may take to be gone. */
const goneWithin = 5000;

/** Signals every process of a group; a group that is gone is fine. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // macOS answers EPERM for a group of zombies.
    if (!isSystemError(error, "ESRCH", "EPERM")) throw error;
  }
}

/**
 * Kills the process group that an earlier run left behind, unless the process id belongs to another process by now.
 * @param what what the process was for, in the error
 * @throws Error when the group's leader is still there 5 seconds later
 */
export async function killLeftover({ pid, identity }: RecordedProcess, what: string): Promise<void> {
  if (processIdentity(pid) !== identity) return;
  signalGroup(pid, "SIGKILL");
  for (const giveUpAt = Date.now() + goneWithin; Date.now() < giveUpAt; await delay(20)) {
    if (processIdentity(pid) !== identity) return;
  }
  throw new Error(`process ${pid}, left over from ${what}, does not end`);
}
