import * as z from "zod";
import {
  type Api,
  type Example,
  type Examples,
  type Operation,
  operationNames,
  operationOf,
} from "../../handlers/runtime/api/description.ts";
import { errorsOf, type OpenApiDocument, openApiDocument } from "../../handlers/runtime/api/openapi.ts";
import { type List, listOf } from "../../handlers/runtime/api/pages.ts";
import { type ErrorCode, errorStatus } from "../../handlers/runtime/errors.ts";
import { type Schema, schema } from "./schema.ts";

/** An API that has clients, and what its description does not say about them. */
export interface Publication<A extends Api> {
  readonly api: A;
  readonly examples: Examples<A>;
  /** The module that exports the description, from the project's folder, and its name there. */
  readonly source: { readonly module: string; readonly name: string };
  /** What boto3 calls the service: `boto3.client(name)`. */
  readonly boto3ServiceName: string;
}

/** A member of an operation's flat input. */
export interface InputMember {
  readonly name: string;
  readonly in: "path" | "query" | "body";
  readonly required: boolean;
  readonly schema: Schema;
}

export interface PublishedError {
  /** The API's name for it. */
  readonly name: string;
  readonly status: number;
}

export interface PublishedOperation {
  readonly name: string;
  readonly operation: Operation;
  readonly input: readonly InputMember[];
  /** What it answers; undefined when that is nothing, or nothing to look at. */
  readonly answer: Schema | undefined;
  readonly errors: readonly PublishedError[];
  /** How it answers page by page, if it does. */
  readonly list: List | undefined;
  readonly example: Example;
}

/** An API as its clients are made from it: its OpenAPI document, read back. */
export interface PublishedApi {
  readonly api: Api;
  readonly source: Publication<Api>["source"];
  readonly boto3ServiceName: string;
  readonly document: OpenApiDocument;
  readonly operations: readonly PublishedOperation[];
  /** Schemas that others refer to, by name. */
  readonly components: Readonly<Record<string, Schema>>;
  /** What can go wrong, whatever the operation. */
  readonly errors: readonly PublishedError[];
}

const parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query"]),
  required: z.boolean(),
  description: z.string().optional(),
  schema,
});

const publishedDocument = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ parameters: z.array(parameter).default([]) }))),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/**
 * Describes an API for those that make its clients.
 *
 * @throws Error when its errors have no names, or its schemas have keywords that clients would not be told
 */
export function publish<A extends Api>({ api, examples, source, boto3ServiceName }: Publication<A>): PublishedApi {
  const { types } = api.errorShape;
  if (!types) throw new Error(`${api.name}: errorShape.types must name the errors`);
  const error = (code: ErrorCode): PublishedError => ({ name: types[code], status: errorStatus[code] });
  const document = openApiDocument(api, examples);
  const { paths, components } = publishedDocument.parse(document);

  const operations = operationNames(api).map((name): PublishedOperation => {
    const operation: Operation = operationOf(api, name);
    const parameters = paths[operation.path]?.[operation.method.toLowerCase()]?.parameters ?? [];
    return {
      name,
      operation,
      input: [
        ...parameters.map(({ description, schema, ...place }) => ({
          ...place,
          schema: { ...schema, ...(description !== undefined && { description }) },
        })),
        ...bodyMembers(components.schemas[`${name}Request`]),
      ],
      answer: components.schemas[`${name}Response`],
      errors: errorsOf(api, operation).map(error),
      list: listOf(operation),
      example: examples[name],
    };
  });

  const codes = new Set(operationNames(api).flatMap((name) => errorsOf(api, operationOf(api, name))));
  const errors = [...codes].map(error).sort((a, b) => a.status - b.status);
  return { api, source, boto3ServiceName, document, operations, components: components.schemas, errors };
}

const bodyMembers = ({ properties = {}, required = [] }: Schema = {}): InputMember[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "body",
    required: required.includes(name),
    schema,
  }));
