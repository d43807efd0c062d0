import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import type { FunctionEnvironments } from "../../handlers/environments.ts";
import { NodeFunction } from "../function/index.ts";
import type { Grantee } from "../role/index.ts";
import type { Table } from "../table/index.ts";

type Handler = "connector-framework/registrar";

export interface RegistrarProps {
  readonly connectors: Table;
  readonly jobs: Table;
  /** Where schedules of connectors are kept. */
  readonly schedules: { grantManage(grantee: Grantee): IamRolePolicy };
  /** What the function is told: the same as the API's. */
  readonly environment: FunctionEnvironments[Handler];
}

/**
 * Registers connectors that stacks have, by the rules of the API: a function that Terraform invokes when it applies. It
 * may wait for a job to end, so it has as long as a function can.
 */
export class Registrar extends Construct {
  readonly function: NodeFunction<Handler>;
  /** What it needs before it can do anything: who has it invoked depends on them. */
  readonly rights: readonly IamRolePolicy[];

  constructor(scope: Construct, id: string, { connectors, jobs, schedules, environment }: RegistrarProps) {
    super(scope, id);
    this.function = new NodeFunction(this, "Function", {
      handler: "connector-framework/registrar",
      description: "Registers and removes the connectors that stacks have, when Terraform applies them",
      timeoutSeconds: 900,
      environment,
    });
    this.rights = [
      connectors.grant(this.function, "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"),
      jobs.grant(this.function, "GetItem", "UpdateItem"),
      schedules.grantManage(this.function),
    ];
  }
}
