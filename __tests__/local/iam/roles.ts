import { createIam, type Iam, type IamOptions } from "../../../local/iam/index.ts";
import type { SessionKey } from "../../../local/iam/keyring.ts";
import type { Principal } from "../../../local/iam/principal.ts";
import { documentOf } from "./policies.ts";

export const accountId = "000000000000";

/** Who trusts a service, as IAM writes it. */
export const trusting = (service: string, condition?: object) =>
  documentOf({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: service },
    ...(condition && { Condition: condition }),
  });

/** A role of a function `f` that has one policy, `its`, with these statements; and its credentials. */
export function roleOf(
  options: Partial<IamOptions> & Pick<IamOptions, "region">,
  ...statements: readonly object[]
): { readonly iam: Iam; readonly key: SessionKey; readonly principal: Principal; readonly arn: string } {
  const iam = createIam({ accountId, ...options });
  const { arn } = iam.createRole({ name: "r", path: "/", trust: trusting("lambda.amazonaws.com") });
  if (statements.length > 0) iam.putRolePolicy("r", "its", documentOf(...statements));
  const assumed = iam.assume(arn, { service: "lambda.amazonaws.com", session: "f" });
  if (!assumed) throw new Error("the role cannot be assumed");
  return { iam, arn, ...assumed };
}

/** What AWS says to someone with the role of `roleOf` whom no statement allows it. */
export const notAllowed = (action: string, resource: string) =>
  `User: arn:aws:sts::${accountId}:assumed-role/r/f is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
