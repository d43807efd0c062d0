import type { APIGatewayProxyEvent, Context } from "aws-lambda";

/** What a test says about a request; the rest is as API Gateway fills it in. */
export interface RequestParts {
  readonly method: string;
  readonly resource: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
  /** @default "123456789012" */
  readonly accountId?: string | null;
}

/** A REST API's proxy event for a signed request. */
export function restEvent({
  method,
  resource,
  parameters = {},
  query = {},
  body,
  accountId = "123456789012",
}: RequestParts): APIGatewayProxyEvent {
  const encoded = Object.entries(parameters).map(([name, value]) => [name, encodeURIComponent(value)] as const);
  const path = encoded.reduce((path, [name, value]) => path.replace(`{${name}}`, value), resource);
  return {
    httpMethod: method,
    resource,
    path,
    pathParameters: encoded.length > 0 ? Object.fromEntries(encoded) : null,
    queryStringParameters: Object.keys(query).length > 0 ? { ...query } : null,
    multiValueQueryStringParameters: null,
    headers: { "Content-Type": "application/json" },
    multiValueHeaders: {},
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    isBase64Encoded: false,
    stageVariables: null,
    requestContext: {
      accountId: "999999999999",
      apiId: "api",
      authorizer: null,
      protocol: "HTTP/1.1",
      httpMethod: method,
      identity: {
        accessKey: "local",
        accountId,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: "127.0.0.1",
        user: null,
        userAgent: null,
        userArn: null,
      },
      path: `/prod${path}`,
      stage: "prod",
      requestId: "request-1",
      requestTimeEpoch: 0,
      resourceId: "resource",
      resourcePath: resource,
    },
  };
}

/** The context Lambda gives with an event. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: "test",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:test",
  memoryLimitInMB: "128",
  awsRequestId: "request-1",
  logGroupName: "/aws/lambda/test",
  logStreamName: "test",
  getRemainingTimeInMillis: () => 1000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
