import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { Endpoints } from "./endpoints.ts";
import { FlowLogs } from "./flow-logs.ts";
import { InternetGate } from "./internet-gate.ts";
import { NatGate } from "./nat-gate.ts";
import { Subnets } from "./subnets.ts";

/**
 * A VPC for tasks that call out and are never called. How they reach the outside is the stage's choice
 * (`network.egress`); S3 and DynamoDB are always reached without leaving AWS.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Subnets that tasks run in. */
  readonly taskSubnets: Subnets;
  /** Whether a task must have an address of its own to reach anything. */
  readonly assignPublicIp: boolean;
  /** What tasks may do: call anything, be called by nothing. */
  readonly taskSecurityGroup: SecurityGroup;
  readonly publicSubnets: Subnets | undefined;
  readonly internet: InternetGate | undefined;
  readonly nat: NatGate | undefined;
  readonly endpoints: Endpoints;
  readonly flowLogs: FlowLogs | undefined;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { cidr, egress, flowLogs } = systemOf(this).environment.network;
    this.vpc = new Vpc(this, "Resource", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: nameFor("tag", this) },
    });
    // Whatever is put into the default group by mistake can neither call nor be called.
    new DefaultSecurityGroup(this, "Default", { vpcId: this.vpc.id, ingress: [], egress: [] });

    this.assignPublicIp = egress === "public-ip";
    if (egress !== "endpoints") {
      this.publicSubnets = new Subnets(this, "Public", { vpc: this.vpc, tier: 0 });
      this.internet = new InternetGate(this, "Internet", { vpc: this.vpc, subnets: this.publicSubnets });
    }
    if (this.publicSubnets && this.internet && egress === "public-ip") {
      this.taskSubnets = this.publicSubnets;
    } else {
      this.taskSubnets = new Subnets(this, "Private", { vpc: this.vpc, tier: 1 });
      if (this.publicSubnets && this.internet)
        this.nat = new NatGate(this, "Nat", {
          internet: this.internet,
          publicSubnets: this.publicSubnets,
          privateSubnets: this.taskSubnets,
        });
    }
    this.endpoints = new Endpoints(this, "Endpoints", {
      vpc: this.vpc,
      subnets: this.taskSubnets,
      interfaces: egress === "endpoints" ? ["ecr.api", "ecr.dkr", "execute-api", "logs"] : [],
    });

    this.taskSecurityGroup = new SecurityGroup(this, "Tasks", {
      name: `${nameFor("security-group", this)}-tasks`,
      description: "Tasks: call anything, called by nothing",
      vpcId: this.vpc.id,
    });
    new VpcSecurityGroupEgressRule(this, "TasksOut", {
      securityGroupId: this.taskSecurityGroup.id,
      description: "Anywhere",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    this.flowLogs = flowLogs ? new FlowLogs(this, "FlowLogs", { vpc: this.vpc }) : undefined;
  }
}
