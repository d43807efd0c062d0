import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";
import type { Subnets } from "./subnets.ts";

/** AWS services that can be given an address within the VPC, by the end of their service names. */
export type InterfaceService = "ecr.api" | "ecr.dkr" | "execute-api" | "logs";

export interface EndpointsProps {
  readonly vpc: Vpc;
  readonly subnets: Subnets;
  /** Services with an interface endpoint, which costs by the hour and zone. */
  readonly interfaces: readonly InterfaceService[];
}

/** Ways to AWS services that do not lead over the internet. S3 and DynamoDB always have one: theirs cost nothing. */
export class Endpoints extends Construct {
  readonly gateways: readonly VpcEndpoint[];
  readonly interfaces: readonly VpcEndpoint[];
  readonly securityGroup: SecurityGroup | undefined;

  constructor(scope: Construct, id: string, { vpc, subnets, interfaces }: EndpointsProps) {
    super(scope, id);
    const { region, network } = systemOf(this).environment;
    const name = nameFor("tag", this);
    const common = (service: string) => ({
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.${service}`,
      tags: { Name: `${name}-${service.replaceAll(".", "-")}` },
    });
    const idOf = (service: string) =>
      service.replace(/(^|[.-])([a-z])/g, (_, _between, letter: string) => letter.toUpperCase());
    this.gateways = ["dynamodb", "s3"].map(
      (service) =>
        new VpcEndpoint(this, idOf(service), {
          ...common(service),
          vpcEndpointType: "Gateway",
          routeTableIds: [subnets.routeTable.id],
        }),
    );
    if (interfaces.length === 0) {
      this.interfaces = [];
      return;
    }
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: nameFor("security-group", this),
      description: "Interface endpoints: called from within the VPC over TLS",
      vpcId: vpc.id,
    });
    this.securityGroup = group;
    new VpcSecurityGroupIngressRule(this, "TlsFromWithin", {
      securityGroupId: group.id,
      description: "TLS from within the VPC",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: network.cidr,
    });
    this.interfaces = interfaces.map(
      (service) =>
        new VpcEndpoint(this, idOf(service), {
          ...common(service),
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: subnets.ids,
          securityGroupIds: [group.id],
        }),
    );
  }
}
