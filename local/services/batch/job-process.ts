import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, openSync, type WriteStream } from "node:fs";
import { constants } from "node:os";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { killWithParent } from "../../processes/parent-watch.ts";
import { signalGroup } from "../../processes/process-group.ts";
import { processIdentity } from "../../processes/process-identity.ts";
import { timestampedLines } from "./log-lines.ts";
import type { Job } from "./model.ts";

/** A job's process, held at a gate until it is released. */
export interface JobProcess {
  readonly process: NonNullable<Job["process"]>;
  /** Lets the command begin: only after the process is on record, so that no crash leaves an unknown one behind. */
  release(): void;
  /** Signals the command and all it has started. */
  signal(signal: NodeJS.Signals): void;
  /** The exit code (128 + n after signal n, as a shell says it), when output is written and all helpers are gone. */
  readonly exited: Promise<number>;
}

// The shell becomes the command when told so, and gives up when the host dies first. Variables are arguments of `env`,
// because a shell drops names that are not its; those it adds are taken away. Secrets are in the shell's environment
// instead: everybody on this machine may read the arguments of a process.
const gate = 'read -r released <&3 && exec /usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _ "$@" 3<&-';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables too, which go over those of the environment and show in no list of processes. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly now: () => number;
  readonly log: (message: string) => void;
}

/**
 * Starts a command as the leader of its own process group, its output going to `logFile` with times. Neither memory
 * nor CPU is limited. Rejects when the process cannot be created.
 */
export async function startJobProcess(command: Command): Promise<JobProcess> {
  const { environment, secrets } = command;
  const open = Object.entries(environment).filter(([name]) => !Object.hasOwn(secrets, name));
  const variables = open.map(([name, value]) => `${name}=${value}`);
  const child = spawn("/bin/sh", ["-c", gate, "sh", ...variables, ...command.argv], {
    cwd: command.cwd,
    env: { ...secrets },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const pid = await spawned(child);
  try {
    return await attend(child, pid, command);
  } catch (error) {
    signalGroup(pid, "SIGKILL");
    throw error;
  }
}

async function attend(child: ChildProcess, pid: number, command: Command): Promise<JobProcess> {
  const ended = once(child, "exit");
  const released = child.stdio[3];
  const identity = processIdentity(pid);
  if (identity === undefined || !(released instanceof Writable)) throw new Error("the process ended before it began");
  // When the other end is gone, the process's exit tells it.
  released.on("error", () => undefined);
  // Opened here and now: whoever sees the job running finds its log file.
  const log = createWriteStream(command.logFile, { fd: openSync(command.logFile, "a") });
  const output = recordOutput(child, log, command);
  const watcher = await killWithParent(pid);

  let alive = true;
  const exited = (async () => {
    const [code, signal] = await ended;
    alive = false;
    // A container ends with its first process: so do the processes that one leaves behind.
    signalGroup(pid, "SIGKILL");
    // A process that left the group may hold the output open.
    await Promise.race([output, delay(1000, undefined, { ref: false })]);
    for (const end of [child.stdout, child.stderr, released]) end?.destroy();
    await watcher.dismiss();
    return exitCode(code, signal);
  })();

  return {
    process: { pid, identity },
    release: () => released.end("go\n"),
    signal: (signal) => {
      if (alive) signalGroup(pid, signal);
    },
    exited,
  };
}

async function recordOutput(child: ChildProcess, file: WriteStream, { logFile, now, log }: Command): Promise<void> {
  const sources = [child.stdout, child.stderr].filter((source) => source !== null);
  const stamped = (source: AsyncIterable<Buffer>) => timestampedLines(source, now);
  try {
    await Promise.all(sources.map((source) => pipeline(source, stamped, file, { end: false })));
    file.end();
    await once(file, "close");
  } catch (error) {
    file.destroy();
    log(`${logFile} is incomplete: ${error}`);
  }
}

async function spawned(child: ChildProcess): Promise<number> {
  await once(child, "spawn");
  if (child.pid === undefined) throw new Error("the process has no id");
  return child.pid;
}

function exitCode(code: unknown, signal: unknown): number {
  if (typeof code === "number") return code;
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
  return 128 + (number ?? 0);
}
