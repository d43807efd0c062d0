import ajvModule from "ajv-draft-04";
import * as fc from "fast-check";
import * as z from "zod";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { jobStatuses } from "../../../../handlers/connector-framework/contract/schemas.ts";
import {
  type Api,
  defineApi,
  type Operation,
  operationNames,
  operationOf,
} from "../../../../handlers/runtime/api/description.ts";
import { gatewayResponses } from "../../../../handlers/runtime/api/gateway-responses.ts";
import { gatewayDocument, openApiDocument } from "../../../../handlers/runtime/api/openapi.ts";
import { documentedSchemas, schemaRef, structureOf } from "../../../../handlers/runtime/api/openapi-schemas.ts";

const schemas = z.record(z.string(), z.record(z.string(), z.unknown()));
const documentShape = z.looseObject({
  openapi: z.literal("3.0.1"),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  components: z.object({ schemas }).loose(),
});

const api: Api = connectorFrameworkApi;
const gateway = documentShape.parse(gatewayDocument(api, "arn:invoke"));
const full = documentShape.parse(openApiDocument(api));
const bodies = operationNames(api).flatMap((name) => {
  const { body } = operationOf(api, name);
  return body ? [{ name, body }] : [];
});

const referencesIn = (value: unknown) =>
  [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);

describe.each([
  ["the gateway's document", gateway],
  ["the reference", full],
])("%s", (_, document) => {
  test("has every operation at its path and method, signed one by one", () => {
    for (const name of operationNames(api)) {
      const { method, path } = operationOf(api, name);
      expect(document.paths[path]?.[method.toLowerCase()]).toMatchObject({
        operationId: name,
        security: [{ sigv4: [] }],
      });
    }
    expect(Object.values(document.paths).flatMap(Object.values)).toHaveLength(operationNames(api).length);
  });

  test("refers only to schemas it has, whose names the gateway takes", () => {
    const names = Object.keys(document.components.schemas);
    expect(names).toEqual(expect.arrayContaining(referencesIn(document)));
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });

  test("has each parameter where it belongs", () => {
    expect(document.paths["/api/v1/custom-connectors/{connector_id}/jobs"]?.get).toMatchObject({
      parameters: [
        { name: "connector_id", in: "path", required: true },
        { name: "max_results", in: "query", required: false },
        { name: "next_token", in: "query", required: false },
        { name: "status", in: "query", required: false },
      ],
    });
  });
});

describe("the gateway's document", () => {
  test("puts one function behind every operation", () => {
    for (const operation of Object.values(gateway.paths).flatMap(Object.values))
      expect(operation["x-amazon-apigateway-integration"]).toEqual({
        type: "aws_proxy",
        httpMethod: "POST",
        uri: "arn:invoke",
      });
  });

  test("has bodies and parameters checked", () => {
    expect(gateway["x-amazon-apigateway-request-validator"]).toBe("everything");
    expect(gateway["x-amazon-apigateway-request-validators"]).toEqual({
      everything: { validateRequestBody: true, validateRequestParameters: true },
    });
  });

  test.each(bodies)("knows of $name's body only which members there are, and which must be", ({ name }) => {
    const { type, ...root } = gateway.components.schemas[`${name}Request`] ?? {};
    expect(type).toBe("object");
    const keywords = (schema: unknown): string[] => {
      const { properties = {}, items, ...rest } = Object(schema);
      return [...Object.keys(rest), ...Object.values(properties).flatMap(keywords), ...(items ? keywords(items) : [])];
    };
    expect(new Set([...keywords(root), "required"])).toEqual(new Set(["required"]));
  });

  test("says which members must be there, at every depth", () => {
    expect(gateway.components.schemas.CreateCustomConnectorRequest).toMatchObject({
      required: ["name", "container_properties"],
      properties: { container_properties: { required: ["execution_role_arn", "image_uri", "job_role_arn"] } },
    });
    expect(gateway.components.schemas.BatchPutCustomConnectorDocumentsRequest).toMatchObject({
      properties: { documents: { items: { required: ["document_id", "checksum"] } } },
    });
  });
});

describe("whatever the gateway refuses, the handler refuses", () => {
  const ajv = new ajvModule.default({ strict: false });

  /** Members that occur in the API, so that what is made up comes close to what is meant. */
  const names = [...new Set(bodies.flatMap(({ body }) => JSON.stringify(structureOf(body)).match(/\w+/g) ?? []))];
  const { tree } = fc.letrec((again) => ({
    tree: fc.oneof({ depthSize: "small", withCrossShrink: true }, again("leaf"), again("list"), again("object")),
    leaf: fc.constantFrom(null, true, 0, 3600, "", "some-name", "a".repeat(64)),
    list: fc.array(again("tree"), { maxLength: 3 }),
    object: fc.dictionary(fc.constantFrom(...names), again("tree"), { maxKeys: 5 }),
  }));

  /** A good request with something taken away or put in its place. */
  const good: Record<string, unknown> = {
    CreateCustomConnector: {
      name: "wiki",
      description: null,
      container_properties: {
        execution_role_arn: "arn:aws:iam::111111111111:role/connectors/pull",
        image_uri: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/wiki:1",
        job_role_arn: "arn:aws:iam::111111111111:role/connectors/wiki",
        resource_requirements: { cpu: 1, memory: 2048 },
        timeout: 60,
      },
    },
    UpdateCustomConnector: { name: "wiki", container_properties: { timeout: 60 } },
    StartCustomConnectorJob: { environment: [{ name: "A", value: "b" }] },
    PutCustomConnectorSchedule: { schedule_expression: "rate(1 hour)", environment: [{ name: "A", value: "b" }] },
    PutCustomConnectorCheckpoint: { checkpoint_data: { page: [1, null] } },
    BatchPutCustomConnectorDocuments: { documents: [{ document_id: "a", checksum: "a".repeat(64) }] },
    BatchDeleteCustomConnectorDocuments: { document_ids: ["a", "b"] },
  };
  const damaged = (value: unknown): fc.Arbitrary<unknown> =>
    fc.oneof(
      fc.constant(value),
      tree,
      ...(Array.isArray(value) ? value.map((item, at) => damaged(item).map((other) => value.with(at, other))) : []),
      ...(typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, inner]) => {
            const { [name]: _, ...others } = Object(value);
            return [fc.constant(others), damaged(inner).map((other) => ({ ...value, [name]: other }))];
          })
        : []),
    );

  test.each(bodies)("$name", ({ name, body }) => {
    const accepts = ajv.compile(structureOf(body));
    expect(accepts(good[name])).toBe(true);
    expect(body.safeParse(good[name]).success).toBe(true);
    let refused = 0;
    fc.assert(
      fc.property(damaged(good[name]), (request) => {
        if (accepts(request)) return;
        refused += 1;
        expect(body.safeParse(request).success).toBe(false);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  test.each(bodies)("$name without a body, which the gateway takes for {}", ({ body }) => {
    if (!ajv.compile(structureOf(body))({})) expect(body.safeParse({}).success).toBe(false);
  });
});

describe("the reference", () => {
  test("has every limit of a body", () => {
    expect(full.components.schemas.CreateCustomConnectorRequest).toMatchObject({
      properties: { name: { type: "string", minLength: 3, maxLength: 128 }, description: { nullable: true } },
    });
  });

  test("promises what is answered, and does not forbid that more is", () => {
    expect(full.components.schemas.GetCustomConnectorCheckpointResponse).toMatchObject({ required: ["checkpoint"] });
    expect(JSON.stringify(full)).not.toContain('"additionalProperties":false');
  });

  test("has a recursive part as a schema of its own", () => {
    expect(referencesIn(full.components.schemas.PutCustomConnectorCheckpointRequest)).toEqual(["JsonValue"]);
    const tree: z.ZodType = z.lazy(() => z.object({ children: z.array(tree) }));
    const named = documentedSchemas("Forest", z.object({ tree, any: z.json() }), "output");
    expect(named.Forest).toMatchObject({
      properties: { tree: { $ref: schemaRef("ForestPart1") }, any: { $ref: schemaRef("JsonValue") } },
    });
    expect(named.ForestPart1).toMatchObject({
      properties: { children: { items: { $ref: schemaRef("ForestPart1") } } },
    });
  });

  test("has a part with an id once, whatever it is a part of", () => {
    expect(referencesIn(full.components.schemas.CreateCustomConnectorResponse)).toEqual(["ConnectorSummary"]);
    expect(referencesIn(full.components.schemas.ListCustomConnectorsResponse)).toEqual(["ConnectorSummary"]);
  });

  test("tells what a parameter may be and what it is when it is left out", () => {
    const [, maxResults, , status] = z
      .looseObject({ parameters: z.array(z.unknown()) })
      .parse(full.paths["/api/v1/custom-connectors/{connector_id}/jobs"]?.get).parameters;
    expect(maxResults).toMatchObject({ schema: { type: "integer", minimum: 1, maximum: 100, default: 50 } });
    expect(Object(maxResults).schema).not.toHaveProperty("pattern");
    expect(status).toMatchObject({ schema: { type: "string", enum: [...jobStatuses] } });
  });

  test("has examples where there are any, each part in its place", () => {
    const { GetCustomConnectorJob, StopCustomConnectorJob, ListCustomConnectors } = connectorFrameworkApi.operations;
    const StartCustomConnectorJob = connectorFrameworkApi.operations.StartCustomConnectorJob;
    const few = defineApi({
      ...connectorFrameworkApi,
      operations: { GetCustomConnectorJob, StopCustomConnectorJob, ListCustomConnectors, StartCustomConnectorJob },
    });
    const job = {
      ...{ job_id: "ccj-1", connector_id: "cc-1", status: "STARTED" as const },
      ...{ created_at: "2026-01-01T00:00:00.000Z", updated_at: "2026-01-01T00:00:00.000Z" },
    };
    const document = documentShape.parse(
      openApiDocument(few, {
        GetCustomConnectorJob: { input: { connector_id: "cc-1", job_id: "ccj-1" }, answer: { job } },
        StopCustomConnectorJob: { input: { connector_id: "cc-1", job_id: "ccj-1" }, answer: undefined },
        ListCustomConnectors: { input: { max_results: 10 }, answer: { connectors: [], next_token: null } },
        StartCustomConnectorJob: {
          input: { connector_id: "cc-1", environment: [{ name: "A", value: "b" }] },
          answer: { job },
        },
      }),
    );
    const ofJob = "/api/v1/custom-connectors/{connector_id}/jobs/{job_id}";
    expect(document.paths[ofJob]?.get).toMatchObject({
      parameters: [{ example: "cc-1" }, { example: "ccj-1" }],
      responses: { 200: { content: { "application/json": { example: { job } } } } },
    });
    expect(document.paths["/api/v1/custom-connectors"]?.get).toMatchObject({ parameters: [{ example: 10 }, {}] });
    expect(document.paths["/api/v1/custom-connectors/{connector_id}/jobs"]?.post).toMatchObject({
      requestBody: { content: { "application/json": { example: { environment: [{ name: "A", value: "b" }] } } } },
    });
    expect(JSON.stringify(document.paths[`${ofJob}/stop`])).not.toContain('"example":{');
  });

  test("names the errors of each operation beside those of all", () => {
    const { responses } = z
      .looseObject({ responses: z.record(z.string(), z.unknown()) })
      .parse(full.paths["/api/v1/custom-connectors/{connector_id}/jobs"]?.post);
    expect(Object.keys(responses)).toEqual(["201", "400", "403", "404", "409", "429", "500", "503"]);
    expect(responses[400]).toMatchObject({
      description: "BadRequestException, ResourceLimitExceededException",
      headers: { "x-amzn-ErrorType": {} },
    });
  });

  test("is made of any description, with what an operation leaves out left out", () => {
    const ping: Operation = {
      method: "GET",
      path: "/p",
      summary: "Pings",
      description: "Long",
      success: { status: 204 },
      errors: [],
    };
    const { paths } = documentShape.parse(openApiDocument({ ...api, operations: { Ping: ping } }));
    expect(paths["/p"]?.get).toMatchObject({
      summary: "Pings",
      description: "Long",
      responses: { 204: { description: "Done" } },
    });
    expect(paths["/p"]?.get).not.toHaveProperty("requestBody");
    expect(paths["/p"]?.get).not.toHaveProperty("parameters");
  });
});

describe("the gateway's own answers", () => {
  const template = (type: string): string => {
    const { responseTemplates } = Object(gatewayResponses(api.errorShape)[type]);
    return responseTemplates["application/json"];
  };
  const filledIn = (text: string, message: string, violations = "") =>
    JSON.parse(
      text
        .replaceAll("$context.error.messageString", () => JSON.stringify(message))
        .replaceAll("$context.error.message", () => message)
        .replaceAll("$context.error.validationErrorString", () => JSON.stringify(violations).slice(1, -1)),
    );

  test("are in the API's error shape, whatever the message holds", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom("ACCESS_DENIED", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"),
        (message, type) => {
          expect(api.errorShape.schema.parse(filledIn(template(type), message))).toMatchObject({ message });
        },
      ),
    );
  });

  test("say which error they are", () => {
    expect(filledIn(template("THROTTLED"), "slow").errorType).toBe("ThrottlingException");
    expect(filledIn(template("DEFAULT_5XX"), "").errorType).toBe("InternalServerError");
  });

  test("say in the message what is wrong with a body, whatever it holds, and have no member that handlers do not have", () => {
    fc.assert(
      fc.property(fc.string(), (violations) => {
        const answer = filledIn(template("BAD_REQUEST_BODY"), "Invalid request body", violations);
        expect(answer).toEqual({
          message: `Invalid request body: ${violations}`,
          errorType: "BadRequestException",
        });
        expect(Object.keys(answer)).toEqual(Object.keys(api.errorShape.schema.shape));
      }),
    );
  });

  test("keep their statuses", () => {
    for (const response of Object.values(gatewayResponses(api.errorShape)))
      expect(Object.keys(response)).toEqual(["responseTemplates"]);
  });

  test("carry the request's id where the shape has it", () => {
    const shape = {
      ...api.errorShape,
      body: ({ message, requestId }: { message: string; requestId: string }) => ({ message, requestId }),
    };
    expect(JSON.stringify(gatewayResponses(shape).THROTTLED)).toContain("$context.requestId");
  });

  test("fail when the shape has no place for the message", () => {
    const shape = { ...api.errorShape, body: ({ message }: { message: string }) => ({ text: `Sorry: ${message}` }) };
    expect(() => gatewayResponses(shape)).toThrow("body must place message as a whole string");
  });
});
