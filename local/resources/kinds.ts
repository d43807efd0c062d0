import * as apiGateway from "./api-gateway.ts";
import * as batch from "./batch.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import * as events from "./events.ts";
import { inertKinds } from "./inert.ts";
import * as lambda from "./lambda.ts";
import type { ResourceKind } from "./resource.ts";
import { sqsQueue } from "./sqs-queue.ts";

/** Every type of resource the local stage knows. A stack with any other does not start. */
export const resourceKinds: ReadonlyMap<string, ResourceKind> = new Map([
  ...inertKinds,
  ["aws_api_gateway_deployment", apiGateway.deployment],
  ["aws_api_gateway_method_settings", apiGateway.methodSettings],
  ["aws_api_gateway_rest_api", apiGateway.restApi],
  ["aws_api_gateway_stage", apiGateway.stage],
  ["aws_batch_compute_environment", batch.computeEnvironment],
  ["aws_batch_job_queue", batch.jobQueue],
  ["aws_cloudwatch_event_rule", events.eventRule],
  ["aws_cloudwatch_event_target", events.eventTarget],
  ["aws_dynamodb_table", dynamodbTable],
  ["aws_lambda_event_source_mapping", lambda.lambdaEventSourceMapping],
  ["aws_lambda_function", lambda.lambdaFunction],
  ["aws_lambda_function_event_invoke_config", lambda.lambdaFunctionEventInvokeConfig],
  ["aws_lambda_permission", lambda.lambdaPermission],
  ["aws_sqs_queue", sqsQueue],
]);
