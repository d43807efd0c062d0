import type { Access, RequestContext } from "./access.ts";
import type { Policy } from "./policy.ts";

/** A statement, by the policy it stands in and its place there. */
export interface StatementReference {
  readonly policy: string;
  /** From 0. */
  readonly statement: number;
}

/** What identity-based policies say of an access. */
export type Decision =
  | { readonly effect: "allowed"; readonly by: StatementReference | "developer" }
  /** A statement forbids it, whatever others allow. */
  | { readonly effect: "denied"; readonly by: StatementReference }
  /** No statement allows it. */
  | { readonly effect: "not allowed" };

/** AWS IAM: "Policy evaluation logic": an explicit deny wins, and what nothing allows is not allowed. */
export function decide(policies: Iterable<Policy>, access: Access, context: RequestContext): Decision {
  let allowed: StatementReference | undefined;
  for (const { name, statements } of policies) {
    for (const [index, statement] of statements.entries()) {
      if (!statement.isAbout(access, context)) continue;
      const by = { policy: name, statement: index };
      if (statement.effect === "Deny") return { effect: "denied", by };
      allowed ??= by;
    }
  }
  return allowed ? { effect: "allowed", by: allowed } : { effect: "not allowed" };
}
