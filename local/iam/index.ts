import { createHash, randomBytes } from "node:crypto";
import type { AccessKey } from "../signatures/access-key.ts";
import type { Access, RequestContext } from "./access.ts";
import type { Authority } from "./authority.ts";
import { globalContext } from "./condition-keys.ts";
import { decide, type StatementReference } from "./decision.ts";
import { base32, createKeyring, principalOf, type RoleSession, type SessionKey } from "./keyring.ts";
import { type Policy, parsePolicy } from "./policy.ts";
import type { Principal } from "./principal.ts";
import { parseTrust, type Trust } from "./trust.ts";

/** An access that someone with a role asked for, and what came of it. */
export interface AuthorizationRecord {
  /** Name of the role. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** The statement that allowed it; absent when it was not allowed. */
  readonly allowedBy?: StatementReference;
}

export interface IamOptions {
  readonly accountId: string;
  readonly region: string;
  /**
   * What sessions sign with in place of keys of their own, where a server is asked that would not know those: nothing is
   * enforced then. @default keys of their own
   */
  readonly sharedKey?: AccessKey | undefined;
  /** Told of everything that anyone but the developer asks for. @default nobody is */
  readonly authorizations?: ((record: AuthorizationRecord) => void) | undefined;
}

/** A service that takes on a role for somebody. */
export interface Assumption {
  /** Its principal: `lambda.amazonaws.com`. */
  readonly service: string;
  /** Name of the session: letters, digits and `=,.@_-`. */
  readonly session: string;
  /** What conditions of the trust policy can ask about: `aws:SourceArn`, `aws:SourceAccount`. @default nothing */
  readonly context?: RequestContext;
}

/** Someone who has taken on a role. */
export interface AssumedRole {
  readonly principal: Principal;
  readonly key: SessionKey;
}

/** IAM as far as the stage has it: roles with their policies, and what whoever takes them on may do. */
export interface Iam extends Authority {
  /** @throws Error when there is one of that name, or its trust policy is not understood */
  createRole(role: { readonly name: string; readonly path: string; readonly trust: unknown }): {
    readonly arn: string;
    readonly id: string;
  };
  /** @throws Error when there is no such role, or the policy is not understood */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void;
  /** A policy of its own, for roles to be given. @throws Error when there is one, or it is not understood */
  createPolicy(arn: string, name: string, document: unknown): void;
  /** @throws Error when there is no such role or policy */
  attachPolicy(roleName: string, policyArn: string): void;
  /** Whether the stacks have a role of this ARN. */
  hasRole(roleArn: string): boolean;
  /**
   * Takes on a role; undefined when its trust policy does not let the service.
   * @throws Error when the stacks have no such role
   */
  assume(roleArn: string, assumption: Assumption): AssumedRole | undefined;
}

interface Role {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly trust: Trust;
  /** By name for those it has for itself, by ARN for those it was given. */
  readonly policies: Map<string, Policy>;
}

/** IAM without any role. */
export function createIam({ accountId, region, sharedKey, authorizations }: IamOptions): Iam {
  const keySecret = randomBytes(32).toString("hex");
  const keyring = createKeyring(accountId, keySecret);
  const roles = new Map<string, Role>();
  const policies = new Map<string, Policy>();
  const roleNamed = (name: string): Role => {
    const role = roles.get(name);
    if (!role) throw new Error(`${name} is no role of this stage`);
    return role;
  };
  const roleOf = (arn: string): Role | undefined => {
    const role = roles.get(arn.split("/").at(-1) ?? "");
    return role?.arn === arn ? role : undefined;
  };

  return {
    keySecret,
    ownerOf: keyring.ownerOf,
    createRole({ name, path, trust }) {
      if (roles.has(name)) throw new Error(`there are two roles named ${name}`);
      const arn = `arn:aws:iam::${accountId}:role${path}${name}`;
      const id = `AROA${base32(createHash("sha256").update(arn).digest()).slice(0, 17)}`;
      roles.set(name, { name, arn, id, trust: parseTrust(name, trust), policies: new Map() });
      return { arn, id };
    },
    putRolePolicy(roleName, policyName, document) {
      const what = `policy ${policyName} of role ${roleName}`;
      roleNamed(roleName).policies.set(policyName, parsePolicy(policyName, document, what));
    },
    createPolicy(arn, name, document) {
      if (policies.has(arn)) throw new Error(`there are two policies ${arn}`);
      policies.set(arn, parsePolicy(name, document));
    },
    attachPolicy(roleName, policyArn) {
      const policy = policies.get(policyArn);
      if (!policy) throw new Error(`${policyArn} is no policy of this stage, and those of AWS are not known here`);
      roleNamed(roleName).policies.set(policyArn, policy);
    },
    hasRole: (arn) => roleOf(arn) !== undefined,
    assume(roleArn, { service, session, context = {} }) {
      const role = roleOf(roleArn);
      if (!role) throw new Error(`${roleArn} is no role of this stage`);
      if (!role.trust(service, context)) return undefined;
      const taken: RoleSession = { roleArn, roleId: role.id, name: session };
      return { principal: principalOf(accountId, taken), key: sharedKey ?? keyring.issue(taken) };
    },
    async decide(principal, access: Access) {
      if (principal.roleArn === undefined) return { effect: "allowed", by: "developer" };
      const role = roleOf(principal.roleArn);
      const context = { ...globalContext(principal, region), ...access.context };
      const decision = decide(role?.policies.values() ?? [], access, context);
      const { action, resource } = access;
      const asked = { role: role?.name ?? principal.roleArn, action, resource };
      if (decision.effect === "allowed" && decision.by !== "developer")
        authorizations?.({ ...asked, allowedBy: decision.by });
      else authorizations?.(asked);
      return decision;
    },
  };
}
