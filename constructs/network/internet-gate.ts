import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import { nameFor } from "../system-stack/index.ts";
import type { Subnets } from "./subnets.ts";

export interface InternetGateProps {
  readonly vpc: Vpc;
  readonly subnets: Subnets;
}

/** The way to the internet for what has a public address. */
export class InternetGate extends Construct {
  readonly resource: InternetGateway;
  readonly route: Route;

  constructor(scope: Construct, id: string, { vpc, subnets }: InternetGateProps) {
    super(scope, id);
    this.resource = new InternetGateway(this, "Resource", { vpcId: vpc.id, tags: { Name: nameFor("tag", this) } });
    this.route = new Route(this, "Route", {
      routeTableId: subnets.routeTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: this.resource.id,
    });
  }
}
