import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import type { Construct } from "constructs";
import { Role } from "../../role/index.ts";
import { SystemStack, type SystemStackProps } from "../../system-stack/index.ts";

/**
 * What an account has once for each region, and every API in it needs: the role API Gateway writes its logs with.
 * Deployed before the systems.
 */
export class AccountStack extends SystemStack {
  readonly role: Role;
  readonly apiGateway: ApiGatewayAccount;

  constructor(scope: Construct, props: SystemStackProps) {
    super(scope, "account", props);
    this.role = new Role(this, "ApiGatewayLogs", {
      assumedBy: "apigateway.amazonaws.com",
      description: "Writes API Gateway's access logs",
    });
    // What API Gateway asks for before it takes a role (API Gateway: Set up CloudWatch logging, AmazonAPIGatewayPushToCloudWatchLogs).
    const writeLogs = this.role.grant(
      { verb: "WriteLogs" },
      {
        actions: [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "logs:PutLogEvents",
        ],
        resources: ["*"],
      },
    );
    this.apiGateway = new ApiGatewayAccount(this, "ApiGateway", {
      cloudwatchRoleArn: this.role.arn,
      dependsOn: [writeLogs],
    });
  }
}

/** Whether a stage's account gets the stack: where it says so, and never on a developer's machine. */
export const needsAccountStack = ({ stage, apiGatewayAccountRole }: SystemStackProps["environment"]): boolean =>
  stage !== "local" && apiGatewayAccountRole === "create";
