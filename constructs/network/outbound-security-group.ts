import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { Construct } from "constructs";
import { namePrefixFor } from "../system-stack/index.ts";
import type { Network } from "./index.ts";

export interface OutboundSecurityGroupProps {
  readonly network: Network;
  /** What is in it. At most 255 characters, of those AWS allows here (Amazon EC2: CreateSecurityGroup). */
  readonly description: string;
}

/** A security group of what may call anything and is called by nothing. It belongs to what runs in it. */
export class OutboundSecurityGroup extends Construct {
  readonly resource: SecurityGroup;
  readonly anywhere: VpcSecurityGroupEgressRule;

  constructor(scope: Construct, id: string, { network, description }: OutboundSecurityGroupProps) {
    super(scope, id);
    this.resource = new SecurityGroup(this, "Resource", {
      // A group that is in use cannot be deleted, so a replacement has to be there, under another name, before.
      namePrefix: namePrefixFor("security-group", this),
      lifecycle: { createBeforeDestroy: true },
      description,
      vpcId: network.vpc.id,
    });
    this.anywhere = new VpcSecurityGroupEgressRule(this, "Anywhere", {
      securityGroupId: this.resource.id,
      description: "Anywhere",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
  }

  get id(): string {
    return this.resource.id;
  }
}
