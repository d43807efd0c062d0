import { randomBytes } from "node:crypto";
import type { Access } from "./access.ts";
import type { Decision } from "./decision.ts";
import { createKeyring, type KeyOwner } from "./keyring.ts";
import type { Principal } from "./principal.ts";

/**
 * What a service asks of IAM, in two steps. Its verifier finds out who signed a request (`createServiceVerifier`). Then
 * the service works out which accesses the request comes to, and asks for all of them before it does any of it:
 *
 *     const principal = verify(request, body);
 *     await authorize(authority, principal, accessesOf(operation, body));
 *
 * What cannot be read from a request is asked for on `*`, which only a policy about everything allows.
 */
export interface Authority {
  /** What session keys are made from, for a service in a process of its own. */
  readonly keySecret: string;
  ownerOf(accessKeyId: string, sessionToken: string | undefined): KeyOwner | undefined;
  decide(principal: Principal, access: Access): Promise<Decision>;
}

/** A caller that IAM knows and does not let do something; the message is AWS's own text. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
  readonly action: string;

  constructor(principal: Principal, access: Access, effect: Exclude<Decision["effect"], "allowed">) {
    super(denial(principal, access, effect));
    this.action = access.action;
  }
}

/** @throws AccessDenied for the first of the accesses that the principal may not have */
export async function authorize(
  authority: Authority,
  principal: Principal,
  accesses: readonly Access[],
): Promise<void> {
  const decisions = await Promise.all(accesses.map((access) => authority.decide(principal, access)));
  for (const [index, { effect }] of decisions.entries()) {
    const access = accesses[index];
    if (access && effect !== "allowed") throw new AccessDenied(principal, access, effect);
  }
}

const denial = (
  { arn }: Principal,
  { action, resource }: Access,
  effect: Exclude<Decision["effect"], "allowed">,
): string =>
  `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${denialReason(action, effect)}`;

/** AWS IAM: "Troubleshoot access denied error messages". */
export const denialReason = (action: string, effect: Decision["effect"]): string =>
  effect === "denied"
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;

const ownSecret = randomBytes(32).toString("hex");

/** Knows the developer alone, in the local stage's account: for a service that runs by itself. */
export const onlyDeveloper: Authority = {
  keySecret: ownSecret,
  ownerOf: createKeyring("000000000000", ownSecret).ownerOf,
  decide: async () => ({ effect: "allowed", by: "developer" }),
};
