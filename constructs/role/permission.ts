import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import { kebabCase, physicalName } from "../naming/index.ts";
import { idsOf, thingOf } from "../system-stack/index.ts";

/** What a policy lets a role do, for its name. */
export interface Permission {
  /** For example `SendTo`. */
  readonly verb: string;
  /** The building block it is about. @default none: what it allows is about no single one */
  readonly target?: Construct;
  /** What the caller chose, such as actions, where one role may have the same permission on a target more than once. @default nothing */
  readonly chosen?: readonly string[];
}

const hashLength = 8;

/** The parts a policy's names are made of: verb, target, and a hash of what was chosen, in whatever order. */
const partsOf = ({ verb, target, chosen }: Permission, ids: readonly string[]): string[] => [
  verb,
  ...(target ? ids : []),
  ...(chosen
    ? [
        createHash("sha256")
          .update([...new Set(chosen)].sort().join())
          .digest("hex")
          .slice(0, hashLength),
      ]
    : []),
];

/** The id of the policy within its role: `SendToDeadLetters`. */
export const policyId = (permission: Permission): string =>
  partsOf(permission, permission.target ? idsOf(permission.target) : []).join("");

/** The name of the policy within its role: `send-to-dead-letters`. */
export const policyName = (permission: Permission): string =>
  physicalName("policy", partsOf(permission, permission.target ? [thingOf(permission.target)] : []).map(kebabCase));
