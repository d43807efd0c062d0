import { createHash } from "node:crypto";

/** Characters Terraform puts behind the prefix of a name. */
const suffix = 26;

/** Longest name of each kind of resource, in characters (the service's own quotas or API reference). */
const longest = {
  alarm: 255,
  "compute-environment": 128 - 1 - suffix,
  dashboard: 255,
  function: 64,
  "job-queue": 128,
  // 256 with the `alias/` before it.
  key: 250,
  // 512 with the `/aws/<service>/` before it.
  "log-group": 480,
  policy: 128,
  queue: 80,
  repository: 256,
  "rest-api": 255,
  role: 64,
  rule: 64,
  schedule: 64,
  "schedule-group": 64,
  "security-group": 255 - 1 - suffix,
  table: 255,
  tag: 256,
} as const;

/** A kind of resource that has a name of ours. */
export type NamedKind = keyof typeof longest;

const hashLength = 8;

/**
 * The name of a resource: its parts joined by hyphens, `<project>-<stage>-<system>-<thing>`. One that is too long for
 * its kind is cut, and ends in a hash of the whole, so that two long names never become one.
 */
export function physicalName(kind: NamedKind, parts: readonly string[]): string {
  const name = parts.join("-");
  const limit = longest[kind];
  if (name.length <= limit) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, hashLength);
  return `${name.slice(0, limit - hashLength - 1).replace(/-+$/, "")}-${hash}`;
}

/** `JobStatus` and `jobStatus` become `job-status`. */
export const kebabCase = (id: string): string =>
  id
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
