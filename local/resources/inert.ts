import type { ResourceKind } from "./resource.ts";

/**
 * Types that have nothing to do on this machine, with the service their ARNs name. Networks are this machine's, alarms
 * watch nothing; log groups are files that come to be when something is written.
 */
const services: Readonly<Record<string, string>> = {
  aws_api_gateway_account: "apigateway",
  aws_cloudwatch_dashboard: "cloudwatch",
  aws_cloudwatch_metric_alarm: "cloudwatch",
  aws_cloudwatch_log_group: "logs",
  aws_ecr_lifecycle_policy: "ecr",
  aws_default_security_group: "ec2",
  aws_eip: "ec2",
  aws_flow_log: "ec2",
  aws_internet_gateway: "ec2",
  aws_nat_gateway: "ec2",
  aws_route: "ec2",
  aws_route_table: "ec2",
  aws_route_table_association: "ec2",
  aws_security_group: "ec2",
  aws_subnet: "ec2",
  aws_vpc: "ec2",
  aws_vpc_endpoint: "ec2",
  aws_vpc_endpoint_route_table_association: "ec2",
  aws_vpc_security_group_egress_rule: "ec2",
  aws_vpc_security_group_ingress_rule: "ec2",
  aws_sqs_queue_policy: "sqs",
  aws_sqs_queue_redrive_allow_policy: "sqs",
};

/** How the ARN of a type names the resource, where it is not simply `<name>`. */
const arnPaths: Readonly<Record<string, (name: string) => string>> = {
  aws_cloudwatch_log_group: (name) => `log-group:${name}`,
  aws_cloudwatch_metric_alarm: (name) => `alarm:${name}`,
};

function inert(type: string, service: string): ResourceKind {
  return async ({ address, body }, { region, accountId }) => {
    const name = typeof body.name === "string" ? body.name : (address.split(".")[1] ?? address);
    const path = arnPaths[type]?.(name) ?? name;
    const arn = `arn:aws:${service}:${region}:${accountId}:${path}`;
    return { id: name, arn };
  };
}

export const inertKinds: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(services).map(([type, service]) => [type, inert(type, service)]),
);
