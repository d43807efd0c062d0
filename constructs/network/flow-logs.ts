import { FlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import { LogGroup } from "../log-group/index.ts";
import { Role } from "../role/index.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";

export interface FlowLogsProps {
  readonly vpc: Vpc;
}

/** A line for each connection in the VPC, allowed or not (Amazon VPC: Publish flow logs to CloudWatch Logs). */
export class FlowLogs extends Construct {
  readonly logs: LogGroup;
  readonly role: Role;
  readonly resource: FlowLog;

  constructor(scope: Construct, id: string, { vpc }: FlowLogsProps) {
    super(scope, id);
    const { accountId } = systemOf(this).environment;
    this.logs = new LogGroup(this, "Logs", { service: "vpc", of: this });
    this.role = new Role(this, "Role", {
      assumedBy: "vpc-flow-logs.amazonaws.com",
      description: "Writes the VPC's flow logs",
      conditions: { StringEquals: { "aws:SourceAccount": accountId } },
    });
    this.role.grant(
      { verb: "WriteFlowLogsTo", target: this.logs },
      {
        actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources: [this.logs.arn, `${this.logs.arn}:*`],
      },
    );
    this.resource = new FlowLog(this, "Resource", {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: this.logs.arn,
      iamRoleArn: this.role.arn,
      tags: { Name: nameFor("tag", this) },
    });
  }
}
