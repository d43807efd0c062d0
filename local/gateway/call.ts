import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "./caller.ts";
import type { ContextValues } from "./context-template.ts";
import { headerList, headerValue, type NameValue, splitTarget } from "./http-request.ts";
import type { Operation } from "./operations.ts";
import type { Refusal } from "./refusal.ts";
import type { Match } from "./router.ts";

/** Where an API is deployed. */
export interface Stage {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  readonly stageName: string;
}

/** What came of calling the integration, for the access log. */
export interface IntegrationOutcome {
  readonly latencyMs: number;
  /** What the Lambda service answered: 200 also when the function failed. */
  readonly serviceStatus?: number;
  /** The status in the function's own result. */
  readonly status?: number;
  readonly requestId?: string;
  readonly error?: string;
}

/** Everything known about one request, filled in as it passes the checks. */
export interface Call {
  readonly stage: Stage;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly receivedAt: Date;
  readonly method: string;
  /** Within the stage, as sent. */
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: readonly NameValue[];
  readonly protocol: string;
  readonly sourceIp: string;
  readonly port: number;
  readonly host: string;
  body: Buffer;
  route?: Match<Operation>;
  caller?: Caller;
  integration?: IntegrationOutcome;
  refusal?: Refusal;
}

/** @param rawPath path and query within the stage, as sent */
export function startCall(stage: Stage, request: IncomingMessage, rawPath: string, receivedAt: Date): Call {
  const { path, query } = splitTarget(rawPath);
  const headers = headerList(request.rawHeaders);
  const seconds = Math.floor(receivedAt.getTime() / 1000).toString(16);
  return {
    stage,
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString("base64"),
    traceId: headerValue(headers, "x-amzn-trace-id") ?? `Root=1-${seconds}-${randomBytes(12).toString("hex")}`,
    receivedAt,
    method: request.method ?? "",
    // API Gateway reads slashes repeated at the start as one.
    path: path.replace(/^\/*/, "/"),
    rawQuery: query,
    headers,
    protocol: `HTTP/${request.httpVersion}`,
    sourceIp: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    port: request.socket.localPort ?? 0,
    host: headerValue(headers, "host") ?? "",
    body: Buffer.alloc(0),
  };
}

/** The time in Common Log Format: `20/Feb/2018:22:48:57 +0000`. */
export function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** The method a call has come to, as policies and permissions name it; the path is the resource's, or the one sent. */
export const methodArn = ({ stage, method }: Call, path: string) =>
  `arn:aws:execute-api:${stage.region}:${stage.accountId}:${stage.apiId}/${stage.stageName}/${method}${path}`;

/** The host the client addressed, without the port, which API Gateway never has. */
export const domainName = ({ host }: Call) => host.replace(/:\d+$/, "");

/** Ids the service would have given, the same at every start. */
export const stableId = (...parts: readonly string[]) =>
  BigInt(`0x${createHash("sha256").update(parts.join("\n")).digest("hex")}`)
    .toString(36)
    .slice(0, 6);

/**
 * The variables that templates of gateway responses and access logs may use. AWS: "Variables for data models,
 * authorizers, mapping templates, and CloudWatch access logging". A call knows most of them from its start; those
 * about a response are added where it is known.
 */
export function contextValues(call: Call): ContextValues {
  const { stage, route, caller, integration, refusal } = call;
  const integrationStatus = integration?.serviceStatus?.toString();
  const latency = integration === undefined ? undefined : Math.round(integration.latencyMs).toString();
  return {
    accountId: stage.accountId,
    apiId: stage.apiId,
    deploymentId: stableId(stage.apiId, stage.stageName),
    domainName: domainName(call),
    domainPrefix: domainName(call).split(".")[0],
    extendedRequestId: call.extendedRequestId,
    httpMethod: call.method,
    operationName: route?.handler.operationId,
    path: `/${stage.stageName}${call.path}`,
    protocol: call.protocol,
    requestId: call.requestId,
    requestTime: commonLogTime(call.receivedAt),
    requestTimeEpoch: call.receivedAt.getTime().toString(),
    resourceId: route && stableId(stage.apiId, route.resourcePath),
    resourcePath: route?.resourcePath,
    stage: stage.stageName,
    xrayTraceId: /Root=([^;]+)/.exec(call.traceId)?.[1],
    "identity.accessKey": caller?.accessKeyId,
    "identity.accountId": caller?.accountId,
    "identity.caller": caller?.userId,
    "identity.sourceIp": call.sourceIp,
    "identity.user": caller?.userId,
    "identity.userAgent": headerValue(call.headers, "user-agent"),
    "identity.userArn": caller?.arn,
    "error.message": refusal?.message,
    "error.messageString": refusal && JSON.stringify(refusal.message),
    "error.responseType": refusal?.type,
    "error.validationErrorString": refusal?.violations.length ? `[${refusal.violations.join(", ")}]` : undefined,
    integrationLatency: latency,
    integrationStatus,
    "integration.error": integration?.error,
    "integration.integrationStatus": integrationStatus,
    "integration.latency": latency,
    "integration.requestId": integration?.requestId,
    "integration.status": integration?.status?.toString(),
    integrationErrorMessage: integration?.error,
  };
}
