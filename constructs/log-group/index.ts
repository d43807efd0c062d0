import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../role/index.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";

export interface LogGroupProps {
  /** The AWS service that writes there, as the names of its log groups spell it: `lambda`, `apigateway`, `batch`. */
  readonly service: string;
  /** The building block whose logs they are. */
  readonly of: Construct;
}

/** Logs in a group `/aws/<service>/<name of the block>`, kept for as many days as the stage says. Encrypted by CloudWatch itself. */
export class LogGroup extends Construct {
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, { service, of }: LogGroupProps) {
    super(scope, id);
    this.resource = new CloudwatchLogGroup(this, "Resource", {
      name: `/aws/${service}/${nameFor("log-group", of)}`,
      retentionInDays: systemOf(this).environment.logRetentionDays,
    });
  }

  get name(): string {
    return this.resource.name;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** logs:CreateLogStream, logs:PutLogEvents on the group's streams. */
  grantWrite({ role }: Grantee): IamRolePolicy {
    return role.grant(
      { verb: "WriteTo", target: this },
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${this.arn}:*`] },
    );
  }
}
