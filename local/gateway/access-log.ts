import type { Answer } from "./answer.ts";
import { type Call, contextValues } from "./call.ts";
import { escapeJson, parseContextTemplate, renderContextTemplate } from "./context-template.ts";

/** The access log of a stage, as its `access_log_settings` describe it. */
export interface AccessLog {
  /** With `$context` variables; usually JSON on one line. */
  readonly format: string;
  /** Takes one rendered line, without a line break at the end. */
  write(line: string): void;
}

const variables = new Set([
  ...["accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod"],
  ...["operationName", "path", "protocol", "requestId", "requestTime", "requestTimeEpoch", "resourceId"],
  ...["resourcePath", "stage", "status", "xrayTraceId", "responseLatency", "responseLength"],
  ...["identity.accessKey", "identity.accountId", "identity.caller", "identity.sourceIp", "identity.user"],
  ...["identity.userAgent", "identity.userArn"],
  ...["error.message", "error.messageString", "error.responseType", "error.validationErrorString"],
  ...["integrationErrorMessage", "integrationLatency", "integrationStatus", "integration.error"],
  ...["integration.integrationStatus", "integration.latency", "integration.requestId", "integration.status"],
]);

/**
 * Writes one line for each answered request. A variable without a value is `-`, as on AWS.
 * @throws Error when the format has a variable that is not known here, or no request id, which AWS demands
 */
export function createAccessLog({ format, write }: AccessLog): (call: Call, answer: Answer, latencyMs: number) => void {
  const template = parseContextTemplate(format, variables);
  const used = new Set(template.map((part) => (typeof part === "string" ? "" : part.variable)));
  if (!used.has("requestId") && !used.has("extendedRequestId")) {
    throw new Error("must contain $context.requestId or $context.extendedRequestId");
  }
  return (call, { status, body }, latencyMs) => {
    const values = {
      ...contextValues(call),
      status: status.toString(),
      responseLatency: Math.round(latencyMs).toString(),
      responseLength: body.length.toString(),
    };
    write(renderContextTemplate(template, values, { absent: "-", quote }));
  };
}

/** A user agent or a message with a quote in it must not end the JSON string it stands in. */
const quote = (variable: string, value: string) => (variable === "error.messageString" ? value : escapeJson(value));
