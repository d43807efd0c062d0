// The server process: started by index.ts, ends when told to or when its parent is gone.

import { DataDirectoryError } from "./database.ts";
import { listen } from "./http-server.ts";
import { type ServerMessage, STOP, serverConfig } from "./messages.ts";
import { parentAuthority } from "./parent-authority.ts";
import { CommitError, openService } from "./service.ts";

/** Milliseconds the requests under way have to come to an end. */
const STOP_MS = 3_000;

function report(message: ServerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(message, () => resolve());
    else resolve();
  });
}

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? `\ncaused by ${describe(error.cause)}` : "";
  return text + cause;
}

/** After a commit of unknown outcome, the truth is on disk: a new process reads it. */
function onFault(error: unknown): void {
  console.error(describe(error));
  if (error instanceof CommitError) setImmediate(() => process.exit(1)); // after the answer is sent
}

async function main(): Promise<void> {
  const { port, keySecret, sweepIntervalSeconds, ...options } = serverConfig.parse(JSON.parse(process.argv[2] ?? ""));
  const service = await openService(options);
  const { region, accountId } = options;
  const authority = parentAuthority(accountId, keySecret);
  const server = await listen({ service, region, authority, port, onFault });

  let stopping = false;
  let sweep: Promise<void> = Promise.resolve();
  const scheduleSweep = () =>
    setTimeout(() => {
      sweep = service.sweep().catch(onFault);
      void sweep.then(() => stopping || scheduleSweep());
    }, sweepIntervalSeconds * 1000).unref();
  scheduleSweep();

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => exitWith(`There are still requests after ${STOP_MS} ms`), STOP_MS).unref();
    await server.close();
    await sweep;
    await service.close();
    process.exit(0);
  };
  process.on("message", (message) => message === STOP && stop().catch(exitWith));
  process.on("disconnect", () => stop().catch(exitWith));
  if (!process.connected) return stop();
  await report({ type: "ready", port: server.port });
}

function exitWith(error: unknown): void {
  console.error(describe(error));
  process.exit(1);
}

process.on("uncaughtException", exitWith);
// Sent to the whole process group, or by a closed terminal: the parent decides when to end, and if it is gone, the
// lost connection to it does.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
main().catch(async (error) => {
  const message = error instanceof DataDirectoryError ? error.message : describe(error);
  await report({ type: "failed", message });
  process.exit(1);
});
