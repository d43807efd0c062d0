import * as z from "zod";
import type { ContainerProperties } from "./connector.ts";

/** Patterns in an environment variable, with spaces between them: neither ARNs nor image URIs have any. `*` stands for anything. */
export const patterns = z
  .string()
  .min(1)
  .transform((text) => text.split(" "));

/** What a stage lets connectors name, as patterns. Whoever may register a connector may run any image with any role that these match. */
export interface AllowList {
  readonly roles: readonly string[];
  readonly images: readonly string[];
}

type Named = Pick<ContainerProperties, "execution_role_arn" | "image_uri" | "job_role_arn">;

/** What a connector names that the stage does not allow, each as `<field>: <rule>`. */
export function notAllowed({ roles, images }: AllowList, named: Named): string[] {
  const rules = [
    ["execution_role_arn", roles],
    ["job_role_arn", roles],
    ["image_uri", images],
  ] as const;
  const broken = rules.filter(([field, allowed]) => !allowed.some((pattern) => matches(pattern, named[field])));
  return broken.map(([field, allowed]) => `${field}: must match ${allowed.join(" or ")}`);
}

/** Without recursion or backtracking over more than one star: patterns are the operator's, values are anybody's. */
function matches(pattern: string, value: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return value === pattern;
  if (!value.startsWith(head) || value.length < head.length + tail.length || !value.endsWith(tail)) return false;
  const end = value.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
