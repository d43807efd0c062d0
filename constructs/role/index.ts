import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import { kebabCase } from "../naming/index.ts";
import { allowPolicy, type Statement, trustPolicy } from "../policy/index.ts";
import { nameFor } from "../system-stack/index.ts";

export interface RoleProps {
  /** The service that takes the role on, for example `lambda.amazonaws.com`. */
  readonly assumedBy: string;
  /** What the role is for. At most 1000 characters (IAM: CreateRole). */
  readonly description: string;
  /** Further conditions on who may take it on. @default none */
  readonly conditions?: Statement["conditions"];
}

/** What a grant can be given to: a role, or anything that has one. */
export interface Grantee {
  readonly role: Role;
}

/** An IAM role. What it may do is the sum of its grants, each a policy of its own, so that a plan shows them one by one. */
export class Role extends Construct implements Grantee {
  readonly resource: IamRole;
  readonly role: Role = this;

  constructor(scope: Construct, id: string, { assumedBy, description, conditions }: RoleProps) {
    super(scope, id);
    this.resource = new IamRole(this, "Resource", {
      name: nameFor("role", this),
      description,
      assumeRolePolicy: trustPolicy(assumedBy, conditions),
    });
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** Allows statements, as a policy named for what it lets the role do. Granting the same again changes nothing. */
  grant(name: string, ...statements: readonly Statement[]): IamRolePolicy {
    const policy = allowPolicy(statements);
    const granted = this.node.tryFindChild(name);
    if (granted instanceof IamRolePolicy && granted.policyInput === policy) return granted;
    return new IamRolePolicy(this, name, { name: kebabCase(name), role: this.resource.name, policy });
  }
}
