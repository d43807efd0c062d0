import type * as z from "zod";
import { type ErrorCode, errorStatus } from "../errors.ts";
import { type Api, authOf, type Examples, type Operation, operationNames, operationOf } from "./description.ts";
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

/** Everything an operation can answer in place of a success: what all can, and its own. */
export function errorsOf(api: Api, operation: Operation): readonly ErrorCode[] {
  const forbidden: ErrorCode[] = authOf(api, operation) === "iam" ? ["Forbidden"] : [];
  const common: ErrorCode[] = ["BadRequest", ...forbidden, "TooManyRequests", "Internal", "Unavailable"];
  return [...new Set([...common, ...operation.errors])].sort((a, b) => errorStatus[a] - errorStatus[b]);
}

const json = (schema: Schema, example?: unknown) => ({
  "application/json": { schema, ...(example !== undefined && { example }) },
});
const reference = (name: string): Schema => ({ $ref: schemaRef(name) });

/**
 * What clients and people read: every schema with its limits, every error.
 */
export const openApiDocument = <A extends Api>(api: A, examples?: Examples<A>): OpenApiDocument =>
  document(api, {
    components: (name, { body, success }) => ({
      ...(body && documentedSchemas(`${name}Request`, body, "input")),
      ...(success.body && documentedSchemas(`${name}Response`, success.body, "output")),
    }),
    shared: documentedSchemas("Error", api.errorShape.schema, "output"),
    parameter: (schema) => schema,
    example: (name) => examples?.[name],
    operation: (name, operation) => ({
      summary: operation.summary,
      ...(operation.description && { description: operation.description }),
      responses: {
        [operation.success.status]: {
          description: "Done",
          ...(operation.success.body && {
            content: json(reference(`${name}Response`), examples?.[name]?.answer),
          }),
        },
        ...errorResponses(api, operation),
      },
    }),
    root: { info: { title: api.title, version: api.version, description: api.description } },
  });

/** One response for each status, which tells the errors that have it. */
function errorResponses(api: Api, operation: Operation): Readonly<Record<number, object>> {
  const { types } = api.errorShape;
  const headers = types && {
    "x-amzn-ErrorType": { description: "Which error it is", schema: { type: "string" } },
  };
  const byStatus = Map.groupBy(errorsOf(api, operation), (code) => errorStatus[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => types?.[code] ?? code).join(", "),
        ...(headers && { headers }),
        content: json(reference("Error")),
      },
    ]),
  );
}

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
    example: () => undefined,
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
  readonly example: (name: string) => { readonly input: object } | undefined;
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
    const given = Object.entries(flavour.example(name)?.input ?? {});
    const parameters = [
      ...parametersOf("path", operation, flavour, given),
      ...parametersOf("query", operation, flavour, given),
    ];
    const described = {
      operationId: name,
      ...(authOf(api, operation) === "iam" && { security: [{ sigv4: [] }] }),
      ...(parameters.length > 0 && { parameters }),
      ...(operation.body && {
        requestBody: {
          required: true,
          content: json(reference(`${name}Request`), given.length > 0 ? membersIn(operation.body, given) : undefined),
        },
      }),
      ...flavour.operation(name, operation),
    };
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described };
  }
  const components = { ...(signed && { securitySchemes: { sigv4 } }), schemas };
  return { openapi: "3.0.1", ...flavour.root, paths, components };
}

/** The members of a request that one of its parts describes. */
const membersIn = (part: z.ZodObject, given: readonly [string, unknown][]) =>
  Object.fromEntries(given.filter(([name]) => name in part.shape));

function parametersOf(
  place: "path" | "query",
  operation: Operation,
  flavour: Flavour,
  given: readonly [string, unknown][],
): object[] {
  const described = place === "path" ? operation.parameters : operation.query;
  if (!described) return [];
  const examples = membersIn(described, given);
  return Object.entries(membersOf(described)).map(([name, { description, ...schema }]) => {
    const shown = flavour.parameter(schema);
    const told = shown === schema && description !== undefined && { description };
    const example = name in examples && { example: examples[name] };
    return { name, in: place, required: place === "path", ...told, schema: shown, ...example };
  });
}
