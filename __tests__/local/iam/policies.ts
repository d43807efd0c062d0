import { decide } from "../../../local/iam/decision.ts";
import { parsePolicy } from "../../../local/iam/policy.ts";

/** A policy of these statements, as IAM writes it. */
export const documentOf = (...statements: readonly object[]) => ({ Version: "2012-10-17", Statement: statements });

/** What a policy of these statements says of an access. */
export function decisionOf(
  statements: readonly object[],
  { action = "s3:GetObject", resource = "arn:aws:s3:::b/k", context = {} } = {},
) {
  return decide([parsePolicy("p", documentOf(...statements))], { action, resource }, context).effect;
}
