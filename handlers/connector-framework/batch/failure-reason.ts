import { shortenReason } from "../model/job.ts";
import type { BatchJob } from "./job.ts";
import { terminationReasons } from "./termination.ts";

/** What the framework itself told Batch: it says all there is to say. */
const ours: ReadonlySet<string> = new Set(Object.values(terminationReasons));

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const signals = new Map([
  [134, "SIGABRT"],
  [137, "SIGKILL"],
  [139, "SIGSEGV"],
  [143, "SIGTERM"],
]);

/** Why a job failed, for its connector's owner, from what Batch and ECS say about it. */
export function failureReason({ statusReason, container }: Pick<BatchJob, "statusReason" | "container">): string {
  return shortenReason(explain(statusReason, container));
}

function explain(statusReason: string | undefined, { reason, exitCode }: BatchJob["container"]): string {
  if (statusReason === "Job attempt duration exceeded timeout") return terminationReasons.ranTooLong;
  if (statusReason !== undefined && ours.has(statusReason)) return statusReason;
  if (reason?.startsWith("OutOfMemoryError")) return `The container ran out of memory (${reason})`;
  if (reason?.startsWith("CannotPullContainerError")) return `The image could not be pulled (${reason})`;
  if (reason !== undefined && exitCode === undefined) return `The container did not run (${reason})`;
  // "Essential container in task exited" says only that there is an exit code.
  const said = statusReason === undefined || statusReason.startsWith("Essential container") ? reason : statusReason;
  const because = said === undefined ? "" : ` (${said})`;
  if (exitCode === undefined) return `The job ended without an exit code${because}`;
  const signal = signals.get(exitCode);
  if (signal !== undefined) return `The container was ended by ${signal}${because}`;
  return `The container exited with code ${exitCode}${because}`;
}
