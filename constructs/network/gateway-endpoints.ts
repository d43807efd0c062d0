import type { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";

export interface GatewayEndpointsProps {
  readonly vpc: Vpc;
  /** Of the subnets that use them. */
  readonly routeTable: RouteTable;
}

/** The ways to S3 and DynamoDB that do not leave AWS. They cost nothing (Amazon VPC: Gateway endpoints). */
export class GatewayEndpoints extends Construct {
  readonly dynamodb: VpcEndpoint;
  readonly s3: VpcEndpoint;

  constructor(scope: Construct, id: string, { vpc, routeTable }: GatewayEndpointsProps) {
    super(scope, id);
    const { region } = systemOf(this).environment;
    const endpoint = (id: string, service: string) =>
      new VpcEndpoint(this, id, {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: [routeTable.id],
        tags: { Name: `${nameFor("tag", this)}-${service}` },
      });
    this.dynamodb = endpoint("Dynamodb", "dynamodb");
    this.s3 = endpoint("S3", "s3");
  }
}
