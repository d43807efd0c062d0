import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { Construct } from "constructs";
import { nameFor } from "../system-stack/index.ts";
import { SynthesisError } from "../validation/index.ts";
import type { InternetGate } from "./internet-gate.ts";
import type { Subnets } from "./subnets.ts";

export interface NatGateProps {
  readonly internet: InternetGate;
  readonly publicSubnets: Subnets;
  readonly privateSubnets: Subnets;
}

/** The way to the internet for what has no public address: one NAT gateway in the first zone, which the others share. */
export class NatGate extends Construct {
  readonly address: Eip;
  readonly resource: NatGateway;
  readonly route: Route;

  constructor(scope: Construct, id: string, { internet, publicSubnets, privateSubnets }: NatGateProps) {
    super(scope, id);
    const [subnetId] = publicSubnets.ids;
    if (!subnetId) throw new SynthesisError([`${this.node.path}: publicSubnets is empty`]);
    const tags = { Name: nameFor("tag", this) };
    this.address = new Eip(this, "Address", { domain: "vpc", tags, dependsOn: [internet.resource] });
    this.resource = new NatGateway(this, "Resource", {
      allocationId: this.address.id,
      subnetId,
      tags,
      dependsOn: [internet.route],
    });
    this.route = new Route(this, "Route", {
      routeTableId: privateSubnets.routeTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: this.resource.id,
    });
  }
}
