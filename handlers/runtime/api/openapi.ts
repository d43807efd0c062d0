import { type ErrorCode, errorStatus } from "../errors.ts";
import { type Api, authOf, type Operation, operationNames, operationOf } from "./description.ts";
import { gatewayResponses } from "./gateway-responses.ts";
import {
  documentedSchemas,
  membersOf,
  type NamedSchemas,
  type Schema,
  schemaRef,
  structureOf,
} from "./openapi-schemas.ts";

/** An OpenAPI 3.0.1 document: the newest version that API Gateway imports. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Errors an operation can answer beside its own. */
const commonErrors = (api: Api, operation: Operation): readonly ErrorCode[] =>
  authOf(api, operation) === "iam"
    ? ["BadRequest", "Forbidden", "TooManyRequests", "Internal"]
    : ["BadRequest", "TooManyRequests", "Internal"];

const json = (schema: Schema) => ({ "application/json": { schema } });
const reference = (name: string): Schema => ({ $ref: schemaRef(name) });

/**
 * What clients and people read: every schema with its limits, every error.
 */
export const openApiDocument = (api: Api): OpenApiDocument =>
  document(api, {
    components: (name, { body, success }) => ({
      ...(body && documentedSchemas(`${name}Request`, body, "input")),
      ...(success.body && documentedSchemas(`${name}Response`, success.body, "output")),
    }),
    shared: documentedSchemas("Error", api.errorShape.schema, "output"),
    parameter: (schema) => schema,
    operation: (name, operation) => ({
      summary: operation.summary,
      ...(operation.description && { description: operation.description }),
      responses: Object.fromEntries([
        [
          operation.success.status,
          { description: "Done", ...(operation.success.body && { content: json(reference(`${name}Response`)) }) },
        ],
        ...[...new Set([...commonErrors(api, operation), ...operation.errors])].map((code) => [
          errorStatus[code],
          { description: code, content: json(reference("Error")) },
        ]),
      ]),
    }),
    root: { info: { title: api.title, version: api.version, description: api.description } },
  });

/**
 * What a REST API is made from: routes, signatures, the first look at bodies, one function behind every operation, and
 * the gateway's own answers in the API's error shape. Holds only what the gateway acts on.
 *
 * @param integrationUri where the gateway invokes the function: its `invoke_arn`
 * @throws Error when the API's error shape cannot be written as a gateway's template
 */
export const gatewayDocument = (api: Api, integrationUri: string): OpenApiDocument =>
  document(api, {
    components: (name, { body }): NamedSchemas => (body ? { [`${name}Request`]: structureOf(body) } : {}),
    shared: {},
    // The gateway checks that a parameter is there and never what it holds.
    parameter: () => ({ type: "string" }),
    operation: (_name, { success }) => ({
      responses: { [success.status]: { description: "Done" } },
      "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: integrationUri,
      },
    }),
    root: {
      info: { title: api.title, version: api.version },
      "x-amazon-apigateway-request-validators": {
        everything: { validateRequestBody: true, validateRequestParameters: true },
      },
      "x-amazon-apigateway-request-validator": "everything",
      "x-amazon-apigateway-gateway-responses": gatewayResponses(api.errorShape),
    },
  });

/** What the two documents say differently. */
interface Flavour {
  readonly components: (name: string, operation: Operation) => NamedSchemas;
  readonly shared: NamedSchemas;
  readonly parameter: (schema: Schema) => Schema;
  readonly operation: (name: string, operation: Operation) => object;
  readonly root: object;
}

/** AWS Signature Version 4, as the gateway spells it. Operations name it one by one: at the root it is not read. */
const sigv4 = { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" };

function document(api: Api, flavour: Flavour): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {};
  let schemas = flavour.shared;
  const signed = operationNames(api).some((name) => authOf(api, operationOf(api, name)) === "iam");
  for (const name of operationNames(api)) {
    const operation: Operation = operationOf(api, name);
    schemas = { ...schemas, ...flavour.components(name, operation) };
    const parameters = [...parametersOf("path", operation, flavour), ...parametersOf("query", operation, flavour)];
    const described = {
      operationId: name,
      ...(authOf(api, operation) === "iam" && { security: [{ sigv4: [] }] }),
      ...(parameters.length > 0 && { parameters }),
      ...(operation.body && { requestBody: { required: true, content: json(reference(`${name}Request`)) } }),
      ...flavour.operation(name, operation),
    };
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described };
  }
  const components = { ...(signed && { securitySchemes: { sigv4 } }), schemas };
  return { openapi: "3.0.1", ...flavour.root, paths, components };
}

function parametersOf(place: "path" | "query", operation: Operation, flavour: Flavour): object[] {
  const described = place === "path" ? operation.parameters : operation.query;
  if (!described) return [];
  return Object.entries(membersOf(described)).map(([name, { description, ...schema }]) => {
    const shown = flavour.parameter(schema);
    const told = shown === schema && description !== undefined && { description };
    return { name, in: place, required: place === "path", ...told, schema: shown };
  });
}
