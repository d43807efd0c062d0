import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { SynthesisError } from "../validation/index.ts";
import { formatCidr, parseCidr, partOf } from "./cidr.ts";

export interface SubnetsProps {
  readonly vpc: Vpc;
  /** The VPC's block. */
  readonly cidr: string;
  /** Letters of the zones. */
  readonly availabilityZones: readonly string[];
  /** Which half of the VPC's block: the first for public subnets, the second for private ones. */
  readonly tier: 0 | 1;
}

/** Each subnet is an eighth of the VPC: two tiers of four zones at most, so that a zone added later moves no other. */
const subnetBits = 3;
export const zonesPerTier = 4;

/** One subnet for each of the zones, and one route table for all of them. */
export class Subnets extends Construct {
  readonly resources: readonly Subnet[];
  readonly routeTable: RouteTable;

  constructor(scope: Construct, id: string, { vpc, cidr, availabilityZones, tier }: SubnetsProps) {
    super(scope, id);
    const { region } = systemOf(this).environment;
    const block = parseCidr(cidr);
    if (!block) throw new SynthesisError([`${this.node.path}: cidr is ${cidr}, which is no IPv4 block`]);
    const name = nameFor("tag", this);
    this.routeTable = new RouteTable(this, "Routes", { vpcId: vpc.id, tags: { Name: name } });
    this.resources = availabilityZones.map((zone, index) => {
      const subnet = new Subnet(this, `Zone${zone.toUpperCase()}`, {
        vpcId: vpc.id,
        availabilityZone: `${region}${zone}`,
        cidrBlock: formatCidr(partOf(block, subnetBits, tier * zonesPerTier + index)),
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${zone}` },
      });
      new RouteTableAssociation(this, `Zone${zone.toUpperCase()}Routes`, {
        subnetId: subnet.id,
        routeTableId: this.routeTable.id,
      });
      return subnet;
    });
  }

  get ids(): string[] {
    return this.resources.map(({ id }) => id);
  }
}
