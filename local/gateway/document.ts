import * as z from "zod";
import { type GatewayResponseType, gatewayResponseStatuses } from "./refusal.ts";

/** The API cannot be served as it is described. Every problem at once, each with its place in the document. */
export class InvalidApi extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the REST API cannot be served here:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "InvalidApi";
    this.problems = problems;
  }
}

/**
 * An object with these keys and no others. Extensions of other vendors are dropped, as API Gateway drops them; its own
 * change behaviour, so one that is not listed is refused.
 */
const described = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).filter(([key]) => !key.startsWith("x-") || key.startsWith("x-amazon-")),
    );
  }, z.strictObject(shape));

/** Documentation: imported, or not, without any effect on what the API answers. */
const documentation = z.unknown().optional();

const anyCase = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.string().toLowerCase().pipe(z.enum(words));

const passthroughBehavior = anyCase(["when_no_match", "when_no_templates", "never"]);

const lambdaUri =
  /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:aws[a-z-]*:lambda:[^/]+)\/invocations$/;

const lambdaIntegration = z.strictObject({
  type: z.literal(["aws_proxy", "AWS_PROXY"]).transform(() => "aws_proxy" as const),
  httpMethod: z.literal("POST", "Lambda is always invoked with POST: any other method fails every call"),
  uri: z
    .string()
    .regex(lambdaUri, "not the invocation URI of a Lambda function")
    .transform((uri) => lambdaUri.exec(uri)?.[1] ?? ""),
  credentials: z.string().optional(),
  passthroughBehavior: passthroughBehavior.optional(),
  timeoutInMillis: z.int().min(50).max(29_000).default(29_000),
  connectionType: anyCase(["internet"]).optional(),
  responseTransferMode: anyCase(["buffered"]).optional(),
});

/** A mapping template without any Velocity in it: the same text for every request. */
const constantTemplate = z.string().regex(/^[^$#]*$/, "only a constant text is supported, no Velocity");

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

const mockIntegration = z.strictObject({
  type: z.literal(["mock", "MOCK"]).transform(() => "mock" as const),
  requestTemplates: z.record(z.string(), constantTemplate).default({}),
  passthroughBehavior: passthroughBehavior.default("when_no_match"),
  contentHandling: anyCase(["convert_to_text"]).optional(),
  responses: z.record(
    z.string().refine(isRegularExpression, "not a regular expression"),
    z.strictObject({
      statusCode: z.coerce.number().int().min(200).max(599),
      responseParameters: z
        .record(
          z.string().regex(/^method\.response\.header\.[\w-]+$/, "only method.response.header.<name> is supported"),
          z.string().regex(/^'[ -&(-~]*'$/, "only a constant in single quotes is supported"),
        )
        .default({}),
      responseTemplates: z.strictObject({ "application/json": constantTemplate.optional() }).default({}),
    }),
  ),
});

const schemaObject = z.record(z.string(), z.unknown());

const parameter = described({
  name: z.string().min(1),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean().default(false),
  description: documentation,
  // API Gateway reads nothing of a parameter but its name, its place and whether it is required.
  schema: documentation,
  style: documentation,
  explode: documentation,
  example: documentation,
  examples: documentation,
  deprecated: documentation,
  allowEmptyValue: documentation,
});

const operation = described({
  operationId: z.string().optional(),
  summary: documentation,
  description: documentation,
  tags: documentation,
  deprecated: documentation,
  externalDocs: documentation,
  parameters: z.array(parameter).default([]),
  requestBody: described({
    description: documentation,
    required: documentation,
    content: z.record(
      z.string().regex(/^[a-z]+\/[a-z0-9.-]+$/, "API Gateway may refuse this content type as the name of a model"),
      described({ schema: schemaObject, example: documentation, examples: documentation }),
    ),
  }).optional(),
  responses: z
    .record(
      z.string(),
      described({
        description: documentation,
        headers: z.record(z.string(), z.unknown()).default({}),
        content: documentation,
        links: documentation,
      }),
    )
    .default({}),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  "x-amazon-apigateway-auth": z.strictObject({ type: z.enum(["AWS_IAM", "NONE"]) }).optional(),
  "x-amazon-apigateway-request-validator": z.string().optional(),
  "x-amazon-apigateway-integration": z.discriminatedUnion("type", [lambdaIntegration, mockIntegration]),
});

export const httpMethods = ["delete", "get", "head", "options", "patch", "post", "put"] as const;

const optionalOperation = operation.optional();
const pathItem = described({
  summary: documentation,
  description: documentation,
  delete: optionalOperation,
  get: optionalOperation,
  head: optionalOperation,
  options: optionalOperation,
  patch: optionalOperation,
  post: optionalOperation,
  put: optionalOperation,
  "x-amazon-apigateway-any-method": optionalOperation,
});

const gatewayResponseType = z.custom<GatewayResponseType>(
  (type) => type === "DEFAULT_4XX" || type === "DEFAULT_5XX" || Object.hasOwn(gatewayResponseStatuses, String(type)),
  "not a gateway response type",
);

const gatewayResponse = z.strictObject({
  statusCode: z.coerce.number().int().min(200).max(599).optional(),
  responseParameters: z
    .record(
      z
        .string()
        .regex(/^gatewayresponse\.header\.[\w-]+$/, "only gatewayresponse.header.<name> is supported")
        .regex(
          /^gatewayresponse\.header\.(?!(content-type|content-length|x-amzn-errortype|x-amzn-requestid|x-amz-apigw-id)$)/i,
          "the gateway sets this header itself",
        ),
      z.string().regex(/^'[ -&(-~]*'$/, "only a constant in single quotes is supported"),
    )
    .default({}),
  responseTemplates: z.strictObject({ "application/json": z.string().optional() }).default({}),
});

/** An OpenAPI 3.0 body with the extensions this gateway implements. AWS: "OpenAPI extensions for API Gateway". */
const restApiDocument = described({
  openapi: z.string().regex(/^3\.0\.\d+$/, "API Gateway imports OpenAPI 3.0"),
  info: documentation,
  // The import parameter `basepath` is `ignore` by default, so the path of a server changes nothing.
  servers: documentation,
  tags: documentation,
  externalDocs: documentation,
  paths: z.record(z.string(), pathItem),
  components: described({
    schemas: z
      .record(z.string().regex(/^[A-Za-z0-9]+$/, "a model name must be alphanumeric"), schemaObject)
      .default({}),
    securitySchemes: z
      .record(
        z.string(),
        z.strictObject({
          type: z.literal("apiKey"),
          name: z.literal("Authorization"),
          in: z.literal("header"),
          description: documentation,
          "x-amazon-apigateway-authtype": z.literal("awsSigv4"),
        }),
      )
      .default({}),
  }).default({ schemas: {}, securitySchemes: {} }),
  "x-amazon-apigateway-request-validators": z
    .record(z.string(), z.strictObject({ validateRequestBody: z.boolean(), validateRequestParameters: z.boolean() }))
    .default({}),
  "x-amazon-apigateway-request-validator": z.string().optional(),
  "x-amazon-apigateway-gateway-responses": z.partialRecord(gatewayResponseType, gatewayResponse).default({}),
  "x-amazon-apigateway-binary-media-types": z.array(z.string()).default([]),
  "x-amazon-apigateway-policy": z.unknown().optional(),
});

export type RestApiDocument = z.infer<typeof restApiDocument>;
export type OperationDescription = z.infer<typeof operation>;
export type LambdaIntegration = z.infer<typeof lambdaIntegration>;
export type MockIntegration = z.infer<typeof mockIntegration>;
export type GatewayResponse = z.infer<typeof gatewayResponse>;

/** @throws InvalidApi naming everything in the document that this gateway does not implement */
export function parseDocument(document: unknown): RestApiDocument {
  const parsed = restApiDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new InvalidApi(
    parsed.error.issues.map((issue) => {
      // What is wrong with the key of a record is one level deeper.
      const { message } = (issue.code === "invalid_key" ? issue.issues[0] : undefined) ?? issue;
      return `${issue.path.join(".")}: ${message}`;
    }),
  );
}
