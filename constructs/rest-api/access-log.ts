import { canonicalJson } from "../json/canonical-json.ts";

/** One JSON object a call: who, what and how it went. No bodies, no query strings, no paths with ids (API Gateway: Variables for access logging). */
export const accessLogFormat = canonicalJson({
  account_id: "$context.identity.accountId",
  caller: "$context.identity.caller",
  error_type: "$context.error.responseType",
  extended_request_id: "$context.extendedRequestId",
  integration_latency: "$context.integrationLatency",
  integration_status: "$context.integrationStatus",
  method: "$context.httpMethod",
  operation: "$context.operationName",
  protocol: "$context.protocol",
  request_id: "$context.requestId",
  request_time: "$context.requestTimeEpoch",
  resource_path: "$context.resourcePath",
  response_latency: "$context.responseLatency",
  response_length: "$context.responseLength",
  source_ip: "$context.identity.sourceIp",
  status: "$context.status",
  trace_id: "$context.xrayTraceId",
  user_agent: "$context.identity.userAgent",
});
