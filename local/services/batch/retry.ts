import type { RetryStrategy } from "./container.ts";

/** What a retry rule can look at. A container that never ran has no exit code. */
export interface FailedAttempt {
  readonly statusReason: string;
  readonly reason?: string | undefined;
  readonly exitCode?: number | undefined;
}

/**
 * Whether a job whose attempts so far all failed gets another: while attempts are left, the first rule whose
 * conditions all match decides, and no match means retry (Batch User Guide, "Automated job retries").
 */
export function isRetried(strategy: RetryStrategy, attemptsMade: number, last: FailedAttempt): boolean {
  if (attemptsMade >= strategy.attempts) return false;
  const rule = strategy.evaluateOnExit.find(
    ({ onStatusReason, onReason, onExitCode }) =>
      matches(onStatusReason, last.statusReason) &&
      matches(onReason, last.reason ?? "") &&
      matches(onExitCode, String(last.exitCode ?? "")),
  );
  return rule?.action !== "EXIT";
}

function matches(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
