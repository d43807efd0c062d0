import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isSystemError } from "./system-error.ts";

/**
 * What tells a process from a later one with the same id: when it started (and in which boot). Stays the same through
 * exec. Undefined when no such process runs; a zombie counts as gone.
 */
export function processIdentity(pid: number): string | undefined {
  return existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid);
}

// proc(5): field 3 is the state, field 22 the start time in ticks since boot; field 2, the name, may hold anything.
function fromProc(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  if (state === undefined || startTime === undefined || /[ZX]/i.test(state)) return undefined;
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${startTime}`;
}

function fromPs(pid: number): string | undefined {
  const { stdout } = spawnSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    // The time is compared as text: it must not follow the caller's language or time zone.
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
  });
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state === undefined || state.startsWith("Z") ? undefined : started;
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // ESRCH: the process went away between open and read.
    if (isSystemError(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}
