import * as apiGateway from "./api-gateway.ts";
import { ecrKinds } from "./ecr.ts";
import { inertKinds } from "./inert.ts";
import * as lambda from "./lambda.ts";
import type { ResourceKinds } from "./resource.ts";

/** Types of resources that need no service, or that the stage itself serves. A service has its own with it. */
export const stageKinds: ResourceKinds = new Map([
  ...inertKinds,
  ...ecrKinds,
  ["aws_api_gateway_deployment", apiGateway.deployment],
  ["aws_api_gateway_method_settings", apiGateway.methodSettings],
  ["aws_api_gateway_rest_api", apiGateway.restApi],
  ["aws_api_gateway_stage", apiGateway.stage],
  ["aws_lambda_event_source_mapping", lambda.lambdaEventSourceMapping],
  ["aws_lambda_function", lambda.lambdaFunction],
  ["aws_lambda_function_event_invoke_config", lambda.lambdaFunctionEventInvokeConfig],
  ["aws_lambda_invocation", lambda.lambdaInvocation],
  ["aws_lambda_permission", lambda.lambdaPermission],
]);
