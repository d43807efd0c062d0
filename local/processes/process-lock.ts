import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processIdentity } from "./process-identity.ts";

/** A lock that this process holds until it releases it or ends, however it ends. */
export interface ProcessLock {
  release(): void;
}

/** Another process that runs has the lock. */
export class LockHeldError extends Error {
  override readonly name = "LockHeldError";
  readonly holder: number;
  constructor(holder: number) {
    super(`held by process ${holder}`);
    this.holder = holder;
  }
}

/** Tries of processes that come at the same moment, each of which then sees the others. */
const tries = 10;

/**
 * Takes a lock that one process at a time can have. Each puts its claim, a file named for it alone, into the lock's
 * directory before it looks for others: so of two at least one sees the other, and withdraws. Claims of processes that
 * have ended do not count and are removed.
 *
 * @throws LockHeldError with the id of the process that has it
 */
export async function takeLock(directory: string): Promise<ProcessLock> {
  const own = claimOf(process.pid);
  if (own === undefined) throw new Error(`process ${process.pid} cannot be told from others: is there a ps command?`);
  const release = () => rmSync(join(directory, own), { force: true });
  mkdirSync(directory, { recursive: true });
  for (let left = tries - 1; ; left -= 1) {
    writeFileSync(join(directory, own), "");
    const [holder] = readdirSync(directory).flatMap((claim) => (claim === own ? [] : liveClaimant(directory, claim)));
    if (holder === undefined) return { release };
    release();
    if (left === 0) throw new LockHeldError(holder);
    await delay(10 + Math.random() * 20);
  }
}

/** `<process id>-<what tells it from a later one with that id>`. */
function claimOf(pid: number): string | undefined {
  const identity = processIdentity(pid);
  return identity && `${pid}-${createHash("sha256").update(identity).digest("hex").slice(0, 16)}`;
}

function liveClaimant(directory: string, claim: string): number[] {
  const pid = Number(claim.split("-", 1)[0]);
  if (Number.isSafeInteger(pid) && pid > 0 && claimOf(pid) === claim) return [pid];
  rmSync(join(directory, claim), { recursive: true, force: true });
  return [];
}
