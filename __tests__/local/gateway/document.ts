/** A REST API with everything the gateway implements, for tests. */
export const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;

export const lambda = (name = "echo", more: Record<string, unknown> = {}) => ({
  type: "aws_proxy",
  httpMethod: "POST",
  uri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`,
  passthroughBehavior: "when_no_match",
  ...more,
});

const open = (name = "echo", more: Record<string, unknown> = {}) => ({
  responses: {},
  "x-amazon-apigateway-integration": lambda(name, more),
});

export const preflight = {
  responses: {
    "200": { description: "", headers: { "Access-Control-Allow-Origin": { schema: { type: "string" } } } },
  },
  "x-amazon-apigateway-integration": {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 200}' },
    passthroughBehavior: "when_no_match",
    responses: {
      default: {
        statusCode: "200",
        responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
      },
    },
  },
};

export const document = {
  openapi: "3.0.1",
  info: { title: "pets", version: "1" },
  "x-amazon-apigateway-request-validators": {
    all: { validateRequestBody: true, validateRequestParameters: true },
    none: { validateRequestBody: false, validateRequestParameters: false },
  },
  "x-amazon-apigateway-request-validator": "all",
  "x-amazon-apigateway-binary-media-types": ["image/png"],
  components: {
    securitySchemes: {
      sigv4: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
    },
    schemas: {
      Pet: {
        type: "object",
        required: ["name", "kind"],
        additionalProperties: false,
        properties: {
          name: { type: "string", minLength: 1, maxLength: 20 },
          kind: { type: "string", enum: ["cat", "dog"] },
          owner: { type: "string", nullable: true },
          nullable: { type: "boolean" },
          friends: { type: "array", items: { $ref: "#/components/schemas/Pet" } },
        },
      },
    },
  },
  paths: {
    "/": { get: open() },
    "/echo": { "x-amazon-apigateway-any-method": open(), get: { ...open("special"), operationId: "GetEcho" } },
    "/pets": {
      options: preflight,
      post: {
        operationId: "CreatePet",
        security: [{ sigv4: [] }],
        parameters: [
          { name: "page", in: "query", required: true, schema: { type: "integer" } },
          { name: "X-Tenant", in: "header", required: true, schema: { type: "string" } },
          { name: "colour", in: "query", schema: { type: "string" } },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
        },
        ...open(),
      },
      put: {
        "x-amazon-apigateway-request-validator": "none",
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
        ...open(),
      },
      patch: {
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
        ...open(),
      },
    },
    "/pets/{id}": { get: open() },
    "/pets/mine": { get: open() },
    "/files/{path+}": {
      "x-amazon-apigateway-any-method": { ...open(), "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
    },
    "/optional": {
      post: { requestBody: { content: { "application/json": { schema: { type: "object" } } } }, ...open() },
    },
    "/throwing": { get: open("throwing") },
    "/slow": { get: open("slow", { timeoutInMillis: 50 }) },
    "/absent": { get: open("absent") },
    "/rejecting": { get: open("rejecting") },
    "/result": { post: open("result") },
    "/strict-mock": {
      post: {
        responses: { "200": { description: "" }, "404": { description: "" } },
        "x-amazon-apigateway-integration": {
          type: "mock",
          requestTemplates: { "application/json": '{"statusCode": 404}' },
          passthroughBehavior: "never",
          responses: {
            default: { statusCode: "200" },
            "4\\d\\d": { statusCode: "404", responseTemplates: { "application/json": '{"gone":true}' } },
          },
        },
      },
    },
  },
};
