import { InvalidApi } from "../../../local/gateway/document.ts";
import { document, lambda, preflight } from "./document.ts";
import { restApi } from "./harness.ts";

/** The problems found in a document, or none. */
function problems(changed: unknown, config: Parameters<typeof restApi>[0] = {}): readonly string[] {
  try {
    restApi({ document: changed, ...config });
    return [];
  } catch (error) {
    if (error instanceof InvalidApi) return error.problems;
    throw error;
  }
}

const withOperation = (operation: Record<string, unknown>) => ({
  ...document,
  paths: { "/x": { get: { responses: {}, "x-amazon-apigateway-integration": lambda(), ...operation } } },
});
const withIntegration = (integration: unknown) => withOperation({ "x-amazon-apigateway-integration": integration });

test("a document with everything the gateway implements is accepted", () => {
  expect(problems(document)).toEqual([]);
});

test("documentation and extensions of others are ignored, as on AWS", () => {
  const operation = { summary: "s", description: "d", tags: ["t"], deprecated: true, "x-internal": 1 };
  expect(problems({ ...withOperation(operation), servers: [{ url: "/" }], tags: [], "x-generator": "us" })).toEqual([]);
});

test("every problem is reported at once, each with its place in the document", () => {
  const operation = { "x-amazon-apigateway-integration": { type: "http_proxy" }, security: "none" };
  expect(problems({ ...withOperation(operation), openapi: "3.1.0" })).toEqual([
    "openapi: API Gateway imports OpenAPI 3.0",
    "paths./x.get.security: Invalid input: expected array, received string",
    expect.stringMatching(/^paths\.\/x\.get\.x-amazon-apigateway-integration\.type: Invalid/),
  ]);
});

describe("refused, because it would change what the API answers", () => {
  test.each<[string, unknown, string]>([
    ["security at the root", { ...document, security: [{ sigv4: [] }] }, 'Unrecognized key: "security"'],
    ["an unknown extension at the root", { ...document, "x-amazon-apigateway-cors": {} }, "x-amazon-apigateway-cors"],
    ["an unknown extension of an operation", withOperation({ "x-amazon-apigateway-authorizer": {} }), "authorizer"],
    [
      "parameters of a path",
      { ...document, paths: { "/x": { parameters: [] } } },
      'paths./x: Unrecognized key: "parameters"',
    ],
    ["an operation without integration", withIntegration(undefined), "x-amazon-apigateway-integration"],
    ["an HTTP integration", withIntegration({ type: "http", uri: "http://x" }), "x-amazon-apigateway-integration.type"],
    [
      "a function invoked with GET",
      withIntegration(lambda("f", { httpMethod: "GET" })),
      "Lambda is always invoked with POST",
    ],
    ["a timeout above 29 s", withIntegration(lambda("f", { timeoutInMillis: 29_001 })), "timeoutInMillis"],
    ["request parameters of a proxy", withIntegration(lambda("f", { requestParameters: {} })), "requestParameters"],
    ["streaming", withIntegration(lambda("f", { responseTransferMode: "STREAM" })), "responseTransferMode"],
    [
      "a URI that is no function",
      withIntegration(lambda("f", { uri: "arn:aws:lambda:x" })),
      "uri: not the invocation URI",
    ],
    ["an authorizer", withOperation({ security: [{ jwt: [] }] }), 'security scheme "jwt" is not described'],
    [
      "a security scheme that is not IAM",
      { ...document, components: { securitySchemes: { jwt: { type: "oauth2" } } } },
      "components.securitySchemes.jwt",
    ],
    [
      "a validator that is not there",
      withOperation({ "x-amazon-apigateway-request-validator": "x" }),
      'request validator "x"',
    ],
    [
      "contradicting auth",
      withOperation({ security: [{ sigv4: [] }], "x-amazon-apigateway-auth": { type: "NONE" } }),
      "contradict",
    ],
    ["a cookie parameter", withOperation({ parameters: [{ name: "c", in: "cookie" }] }), "parameters.0.in"],
    ["a model name with a dot", { ...document, components: { schemas: { "a.b": {} } } }, "components.schemas.a.b"],
    [
      "a reference to a model that is not there",
      withOperation({
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/No" } } } },
      }),
      "can't resolve reference #/components/schemas/No",
    ],
    [
      "a reference into a model",
      withOperation({
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet/x" } } } },
      }),
      "only #/components/schemas/<name> is supported",
    ],
    [
      "a number as exclusiveMinimum",
      { ...document, components: { ...document.components, schemas: { Pet: { exclusiveMinimum: 1 } } } },
      "Pet is not a JSON Schema of draft-04",
    ],
    [
      "a vendor media type",
      withOperation({ requestBody: { content: { "application/a+json": { schema: {} } } } }),
      "content",
    ],
    [
      "a path API Gateway refuses",
      { ...document, paths: { "/a/{b+}/c": { get: withOperation({}).paths["/x"].get } } },
      "last segment",
    ],
    [
      "an unknown gateway response type",
      { ...document, "x-amazon-apigateway-gateway-responses": { TEAPOT: {} } },
      "x-amazon-apigateway-gateway-responses.TEAPOT",
    ],
    [
      "a variable a gateway response cannot have",
      {
        ...document,
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: {
            responseTemplates: { "application/json": "$context.nothing $util.escape(1) $context.requestId" },
          },
        },
      },
      "not supported here: $context.nothing, $util.escape(1)",
    ],
    [
      "a gateway response header that is not constant",
      {
        ...document,
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.X": "method.request.header.Origin" } },
        },
      },
      "only a constant in single quotes",
    ],
    [
      "a gateway response that replaces the gateway's own headers",
      {
        ...document,
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.X-Amzn-ErrorType": "'x'" } },
        },
      },
      "the gateway sets this header itself",
    ],
    [
      "Velocity in a mock",
      withIntegration({ type: "mock", requestTemplates: { "application/json": '{"statusCode": $x}' }, responses: {} }),
      "no Velocity",
    ],
    [
      "a mock's header that is not declared",
      { ...document, paths: { "/x": { options: { ...preflight, responses: { "200": { description: "" } } } } } },
      "Invalid mapping expression parameter specified: method.response.header.Access-Control-Allow-Origin",
    ],
    [
      "a mock's status that is not declared",
      { ...document, paths: { "/x": { options: { ...preflight, responses: {} } } } },
      "the mock answers 200, which responses does not declare",
    ],
    [
      "a condition in the policy",
      {
        ...document,
        "x-amazon-apigateway-policy": {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition: {} }],
        },
      },
      "x-amazon-apigateway-policy.Statement",
    ],
  ])("%s", (_, changed, problem) => {
    expect(problems(changed).join("\n")).toContain(problem);
  });

  test.each([
    ["{}", "must contain $context.requestId or $context.extendedRequestId"],
    ["$context.requestId $context.wafResponseCode", "not supported here: $context.wafResponseCode"],
  ])("the access log format %s", (format, problem) => {
    expect(problems(document, { accessLog: { format, write() {} } }).join()).toContain(problem);
  });
});
