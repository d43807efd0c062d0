/** Pages of `docs/runbooks`: what an alarm means, where to look and what to do. Each alarm names one. */
export const runbooks = [
  "api-failures",
  "dead-letters",
  "function-errors",
  "function-throttles",
  "jobs-failing",
  "jobs-waiting",
  "reconciler-repairs",
  "schedule-failures",
  "stream-lag",
] as const;

export type Runbook = (typeof runbooks)[number];
