import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import { nameFor } from "../system-stack/index.ts";
import { checkProps } from "../validation/index.ts";
import { parseCidr } from "./cidr.ts";
import { FlowLogs } from "./flow-logs.ts";
import { GatewayEndpoints } from "./gateway-endpoints.ts";
import { InternetGate } from "./internet-gate.ts";
import { NatGate } from "./nat-gate.ts";
import { Subnets, zonesPerTier } from "./subnets.ts";

/** How tasks reach the outside: each by a public address of its own, or from private subnets through one NAT gateway. */
export type Egress = "public-ip" | "nat";

export interface NetworkProps {
  /** IPv4 block of /16 to /25 that begins at its first address (Amazon VPC: VPC CIDR blocks, Subnet sizing). Cannot change. */
  readonly cidr: string;
  /** Letters of the zones to use, at most 4. One added at the end moves no other. */
  readonly availabilityZones: readonly string[];
  readonly egress: Egress;
  /** Whether a line is logged for each connection. @default false */
  readonly flowLogs?: boolean;
}

/**
 * A VPC for tasks that call out and are never called. S3 and DynamoDB are always reached without leaving AWS.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Subnets that tasks run in. */
  readonly taskSubnets: Subnets;
  /** Whether a task must have an address of its own to reach anything. */
  readonly assignPublicIp: boolean;
  readonly publicSubnets: Subnets;
  readonly internet: InternetGate;
  readonly nat: NatGate | undefined;
  readonly endpoints: GatewayEndpoints;
  readonly flowLogs: FlowLogs | undefined;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { cidr, availabilityZones, egress, flowLogs = false } = props;
    const block = parseCidr(cidr);
    checkProps(this, [
      [!block, `cidr is ${cidr}, but must be an IPv4 block that begins at its first address`],
      [block !== undefined && (block.prefix < 16 || block.prefix > 25), `cidr is ${cidr}, but must be of /16 to /25`],
      [
        availabilityZones.length < 1 || availabilityZones.length > zonesPerTier,
        `availabilityZones has ${availabilityZones.length}, but must have 1 to ${zonesPerTier}`,
      ],
      [new Set(availabilityZones).size < availabilityZones.length, "availabilityZones must name each zone once"],
    ]);
    this.vpc = new Vpc(this, "Resource", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: nameFor("tag", this) },
    });
    // Whatever is put into the default group by mistake can neither call nor be called.
    new DefaultSecurityGroup(this, "Default", { vpcId: this.vpc.id, ingress: [], egress: [] });

    const place = { vpc: this.vpc, cidr, availabilityZones };
    this.publicSubnets = new Subnets(this, "Public", { ...place, tier: 0 });
    this.internet = new InternetGate(this, "Internet", { vpc: this.vpc, subnets: this.publicSubnets });
    this.assignPublicIp = egress === "public-ip";
    if (egress === "public-ip") {
      this.taskSubnets = this.publicSubnets;
    } else {
      this.taskSubnets = new Subnets(this, "Private", { ...place, tier: 1 });
      this.nat = new NatGate(this, "Nat", {
        internet: this.internet,
        publicSubnets: this.publicSubnets,
        privateSubnets: this.taskSubnets,
      });
    }
    this.endpoints = new GatewayEndpoints(this, "Endpoints", {
      vpc: this.vpc,
      routeTable: this.taskSubnets.routeTable,
    });
    this.flowLogs = flowLogs ? new FlowLogs(this, "FlowLogs", { vpc: this.vpc }) : undefined;
  }
}
