import type { APIGatewayEventIdentity, APIGatewayProxyEvent } from "aws-lambda";
import { type Call, commonLogTime, domainName, stableId } from "./call.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { headerValue, type NameValue, parseQuery } from "./http-request.ts";
import { isBinaryMediaType, mediaType } from "./media-type.ts";
import type { Operation } from "./operations.ts";
import type { Match } from "./router.ts";

/** The real event has these only with an authorizer, an API key or mutual TLS; the published types demand them. */
type Identity = Omit<APIGatewayEventIdentity, "apiKey" | "apiKeyId" | "clientCert">;
type RequestContext = Omit<APIGatewayProxyEvent["requestContext"], "authorizer" | "identity"> & {
  readonly identity: Identity;
  readonly domainPrefix: string;
  readonly deploymentId: string;
  readonly extendedRequestId: string;
};
export type ProxyEvent = Omit<APIGatewayProxyEvent, "requestContext"> & { readonly requestContext: RequestContext };

/**
 * The event of a REST API for a Lambda function (payload format 1.0): absent maps and bodies are null, paths stay
 * percent-encoded, query parameters are decoded. AWS: "Set up Lambda proxy integrations in API Gateway".
 */
export function proxyEvent(
  call: Call,
  { resourcePath, pathParameters, handler }: Match<Operation>,
  binaryMediaTypes: readonly string[],
): ProxyEvent {
  const headers = forwardedHeaders(call);
  const query = parseQuery(call.rawQuery, /[&;]/);
  const isBase64Encoded =
    call.body.length > 0 && isBinaryMediaType(mediaType(headerValue(call.headers, "content-type")), binaryMediaTypes);
  return {
    resource: resourcePath,
    path: call.path,
    httpMethod: call.method,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(allValues(query)),
    pathParameters: orNull(pathParameters),
    stageVariables: null,
    requestContext: requestContext(call, resourcePath, handler.operationId),
    body: call.body.length === 0 ? null : call.body.toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  };
}

function requestContext(call: Call, resourcePath: string, operationName: string | undefined): RequestContext {
  const { stage } = call;
  return {
    accountId: stage.accountId,
    apiId: stage.apiId,
    deploymentId: stableId(stage.apiId, stage.stageName),
    domainName: domainName(call),
    domainPrefix: domainName(call).split(".")[0] ?? "",
    extendedRequestId: call.extendedRequestId,
    httpMethod: call.method,
    identity: identity(call),
    ...(operationName === undefined ? {} : { operationName }),
    path: `/${stage.stageName}${call.path}`,
    protocol: call.protocol,
    requestId: call.requestId,
    requestTime: commonLogTime(call.receivedAt),
    requestTimeEpoch: call.receivedAt.getTime(),
    resourceId: stableId(stage.apiId, resourcePath),
    resourcePath,
    stage: stage.stageName,
  };
}

function identity({ caller, sourceIp, headers }: Call): Identity {
  return {
    accessKey: caller?.accessKeyId ?? null,
    accountId: caller?.accountId ?? null,
    caller: caller?.userId ?? null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: caller?.userId ?? null,
    userAgent: headerValue(headers, "user-agent") ?? null,
    userArn: caller?.arn ?? null,
  };
}

const lastValues = (pairs: readonly NameValue[]): Record<string, string> => Object.fromEntries(pairs);

function allValues(pairs: readonly NameValue[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}

const orNull = <Values extends object>(values: Values): Values | null =>
  Object.keys(values).length === 0 ? null : values;
