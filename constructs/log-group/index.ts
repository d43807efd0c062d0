import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../role/index.ts";
import { systemOf } from "../system-stack/index.ts";

export interface LogGroupProps {
  /** Its name, from the slash: `/aws/lambda/…`. At most 512 characters (Amazon CloudWatch Logs: CreateLogGroup). */
  readonly name: string;
}

/** Logs, kept for as many days as the stage says. Encrypted by CloudWatch itself. */
export class LogGroup extends Construct {
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, { name }: LogGroupProps) {
    super(scope, id);
    const { logRetentionDays } = systemOf(this).environment;
    this.resource = new CloudwatchLogGroup(this, "Resource", { name, retentionInDays: logRetentionDays });
  }

  get name(): string {
    return this.resource.name;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** logs:CreateLogStream, logs:PutLogEvents on the group's streams. */
  grantWrite({ role }: Grantee): IamRolePolicy {
    return role.grant("WriteLogs", {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${this.arn}:*`],
    });
  }
}
