import fc from "fast-check";
import * as z from "zod";
import { disturbed, fromSchema, oddJson, type Schema, schema } from "./from-schema.ts";

const method = z.enum(["get", "put", "post", "delete"]);
const parameter = z.object({ name: z.string(), in: z.enum(["path", "query"]), schema });
const content = z.object({ "application/json": z.object({ schema }) });
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.optional() })),
});

/** What is read of an API's OpenAPI document. */
export const apiDocument = z.object({
  paths: z.record(z.string(), z.partialRecord(method, operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});
export type ApiDocument = z.output<typeof apiDocument>;

export interface DescribedOperation extends z.output<typeof operation> {
  readonly method: string;
  readonly path: string;
}

export const operationsOf = ({ paths }: ApiDocument): DescribedOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
  );

export interface FuzzedRequest {
  readonly method: string;
  /** Percent-encoded, within the stage. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const oddText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom("", " ", ".", "..", "%", "a/b", "é", "\u0000", "null", "cc-", "CC-0123456789AB", "x".repeat(5_000)),
);

const bodies = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    "\ufeff{}",
    '{"a":1,"a":2}',
    "{'a': 1}",
    '{"a":1e999}',
    "NaN",
  ),
  fc.constantFrom(`${"[".repeat(50_000)}`, `{"checkpoint_data":"${"x".repeat(400_000)}"}`, '{"\ud800":1}'),
  fc.string({ unit: "binary", maxLength: 50 }),
);

const contentTypes = fc.constantFrom(
  "application/json; charset=utf-8",
  "application/json;charset=latin1",
  "APPLICATION/JSON",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
  "text/plain",
  "multipart/form-data; boundary=x",
  "nothing",
);

/**
 * Requests of one operation: such as its description allows, such as it forbids, and such as no description thinks of.
 *
 * @param known ids that are there, by their parameter's name
 * @param example a request that is right, if there is one
 */
export function requestsOf(
  { method, path, parameters, requestBody }: DescribedOperation,
  document: ApiDocument,
  known: Readonly<Record<string, fc.Arbitrary<string>>>,
  example: Readonly<Record<string, unknown>> = {},
): fc.Arbitrary<FuzzedRequest> {
  const named = (reference: string): Schema => document.components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
  const valid = (part: Schema) => fromSchema(part, named);
  const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

  const segments = parameters
    .filter((parameter) => parameter.in === "path")
    .map(({ name, schema }) =>
      fc
        .oneof(
          { weight: 12, arbitrary: known[name] ?? valid(schema).map(asText) },
          { weight: 1, arbitrary: valid(schema).map(asText) },
          { weight: 1, arbitrary: oddText },
        )
        // Those make another path.
        .filter((value) => !["", ".", ".."].includes(value))
        .map((value) => [name, value] as const),
    );
  const queries = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, schema }) =>
      fc
        .oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 3, arbitrary: known[name] ?? valid(schema).map(asText) },
          { weight: 2, arbitrary: oddText },
        )
        .map((value) => [name, value] as const),
    );
  const bodySchema = requestBody?.content["application/json"].schema;
  const right = fc.oneof(
    { weight: 2, arbitrary: bodySchema ? valid(bodySchema) : fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constant(bodySchema && pick(example, named(bodySchema.$ref ?? "").properties ?? {})) },
  );
  const json = fc
    .oneof(
      { weight: 3, arbitrary: right },
      { weight: 3, arbitrary: right.chain(disturbed) },
      { weight: 1, arbitrary: oddJson },
    )
    .map((value) => (value === undefined ? "" : JSON.stringify(value)));
  const body = bodySchema
    ? fc.oneof({ weight: 6, arbitrary: json }, { weight: 1, arbitrary: bodies })
    : fc.oneof({ weight: 6, arbitrary: fc.constant("") }, { weight: 1, arbitrary: bodies });

  return fc
    .record({
      segments: fc.tuple(...segments),
      queries: fc.tuple(...queries),
      extra: fc.option(fc.tuple(oddText, oddText), { freq: 8 }),
      body,
      contentType: fc.option(contentTypes, { freq: 5, nil: "application/json" }),
      accept: fc.option(fc.constantFrom("text/html", "*/*", "application/xml;q=0.1", "x"), { freq: 4, nil: undefined }),
    })
    .map(({ segments, queries, extra, body, contentType, accept }) => {
      const filled = segments.reduce((filled, [name, value]) => filled.replace(`{${name}}`, () => encode(value)), path);
      const pairs = queries.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
      const query = [...pairs, ...(extra ? [extra] : [])].map((pair) => pair.map(encode).join("=")).join("&");
      return {
        method,
        path: query === "" ? filled : `${filled}?${query}`,
        headers: {
          ...(contentType !== "nothing" && { "Content-Type": contentType }),
          ...(accept && { Accept: accept }),
        },
        body,
      };
    });
}

const pick = (from: Readonly<Record<string, unknown>>, members: object) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name in members));

/** Percent-encoding of RFC 3986, of what may be no text at all. */
const encode = (text: string) =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
