import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import { Construct } from "constructs";
import { allowPolicy, type Statement, trustPolicy } from "../policy/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { SynthesisError } from "../validation/index.ts";
import { type Permission, policyId, policyName } from "./permission.ts";

export type { Permission } from "./permission.ts";

export interface RoleProps {
  /** The service that takes the role on, for example `lambda.amazonaws.com`. */
  readonly assumedBy: string;
  /** What the role is for. At most 1000 characters (IAM: CreateRole). */
  readonly description: string;
  /** Further conditions on who may take it on. @default none */
  readonly conditions?: Statement["conditions"];
  /** IAM path, with a slash at both ends: what policies tell roles apart by. @default the root */
  readonly path?: string;
}

/** What a grant can be given to: a role, or anything that has one. */
export interface Grantee {
  readonly role: Role;
}

/** A policy the role has, and what it is called for. */
interface Granted {
  readonly permission: Permission;
  readonly policy: string;
  readonly resource: IamRolePolicy;
}

/** An IAM role. What it may do is the sum of its grants, each a policy of its own, so that a plan shows them one by one. */
export class Role extends Construct implements Grantee {
  readonly resource: IamRole;
  readonly role: Role = this;
  readonly #granted: Granted[] = [];

  constructor(scope: Construct, id: string, { assumedBy, description, conditions, path }: RoleProps) {
    super(scope, id);
    this.resource = new IamRole(this, "Resource", {
      name: nameFor("role", this),
      description,
      assumeRolePolicy: trustPolicy(assumedBy, conditions),
      ...(path && { path }),
    });
  }

  get arn(): string {
    return this.resource.arn;
  }

  /**
   * Allows statements, as a policy named for what it lets the role do. Granting the same again changes nothing.
   *
   * @throws SynthesisError when another permission of the role has that name, naming both
   */
  grant(permission: Permission, ...statements: readonly Statement[]): IamRolePolicy {
    const policy = allowPolicy(statements);
    const [id, name] = [policyId(permission), policyName(permission)];
    const earlier = this.#granted.find(({ resource }) => resource.nameInput === name || resource.node.id === id);
    if (earlier && this.#text(earlier.policy) === this.#text(policy)) return earlier.resource;
    if (earlier)
      throw new SynthesisError([
        `${this.node.path}: ${described(permission)} and ${described(earlier.permission)} would both be policy ${name}`,
      ]);
    const resource = new IamRolePolicy(this, id, { name, role: this.resource.name, policy });
    this.#granted.push({ permission, policy, resource });
    return resource;
  }

  /** A policy as it will be written: each mention of an attribute is another token until then. */
  #text(policy: string): string {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(policy, { scope: this, resolver, preparing: false });
  }
}

const described = ({ verb, target }: Permission) => (target ? `${verb} ${target.node.path}` : verb);
