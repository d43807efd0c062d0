import * as z from "zod";

/** A schema in OpenAPI 3.0's dialect. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema and those it refers to, by their names in `components/schemas`. */
export type NamedSchemas = Readonly<Record<string, Schema>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What a zod schema accepts (`input`) or promises (`output`), for documents and clients. Parts with an id become
 * components of that name, recursive ones too: any JSON as JsonValue, others named after this one.
 */
export function documentedSchemas(name: string, schema: z.ZodObject, io: "input" | "output"): NamedSchemas {
  const { definitions, ...whole } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io,
    unrepresentable: "any",
    override: ({ jsonSchema, zodSchema: { _zod } }) => {
      // Answers may gain members, so a promise does not forbid them.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // A format says it; the pattern zod adds for it is only longer.
      if (jsonSchema.format) delete jsonSchema.pattern;
      // How a number has to be written in a query, its type says.
      if (jsonSchema.type === "integer") delete jsonSchema.pattern;
      // zod leaves out the default of what it transforms, such as a number in a query.
      if (io === "input" && _zod.def.type === "default" && "defaultValue" in _zod.def)
        jsonSchema.default = _zod.def.defaultValue;
      // The range of safe integers is JavaScript's, not the API's.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const found = Object.entries(isObject(definitions) ? definitions : {});
  const parts = found.map(([id, part], index) => ({ id, part, name: partName(id, part) ?? `${name}Part${index + 1}` }));
  const renamed = new Map(parts.map(({ id, name }) => [`#/definitions/${id}`, name]));
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isObject(value)) return value;
    const target = typeof value.$ref === "string" && renamed.get(value.$ref);
    if (target) return { $ref: schemaRef(target) };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]));
  };
  const named = [[name, whole] as const, ...parts.map(({ name, part }) => [name, part] as const)];
  return Object.fromEntries(
    named.map(([id, part]) => {
      const referring = refer(part);
      return [id, isObject(referring) ? referring : {}];
    }),
  );
}

/** The name of a part that has one of its own: letters and digits only (API Gateway: Important notes). */
function partName(id: string, part: unknown): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(id)) return id;
  return withoutOwnName(id, part) === anyJson ? "JsonValue" : undefined;
}

/** Text of a recursive part, whatever zod called it. */
const withoutOwnName = (id: string, part: unknown) =>
  JSON.stringify(part).replaceAll(JSON.stringify(`#/definitions/${id}`), '"#"');

/** `z.json()`, which cannot carry an id: what it refers to is not itself but what it was made of. */
const anyJson = (() => {
  const { definitions } = z.toJSONSchema(z.object({ any: z.json() }), { target: "openapi-3.0" });
  const [[id, part] = []] = Object.entries(isObject(definitions) ? definitions : {});
  return withoutOwnName(id ?? "", part);
})();

/** The schema of each member of an object, as clients send it. */
export function membersOf(schema: z.ZodObject): NamedSchemas {
  const { properties } = documentedSchemas("Members", schema, "input").Members ?? {};
  const members = Object.entries(isObject(properties) ? properties : {});
  return Object.fromEntries(members.flatMap(([name, member]) => (isObject(member) ? [[name, member]] : [])));
}

export const schemaRef = (name: string) => `#/components/schemas/${name}`;

/**
 * The gateway's copy of a body's schema: which members there are and which must be there, nothing else. The gateway's
 * words for a wrong type, pattern or limit do not name the member, the handler's do; and the gateway refuses nothing
 * that the handler would accept, however it reads OpenAPI's dialect (it forgets `nullable`, for one).
 */
export const structureOf = (body: z.ZodObject): Schema => ({
  type: "object",
  ...structure(z.toJSONSchema(body, { target: "openapi-3.0", io: "input", unrepresentable: "any" })),
});

function structure({ properties, items, required }: Schema): Schema {
  const inner = Object.entries(isObject(properties) ? properties : {}).map(
    ([name, schema]) => [name, isObject(schema) ? structure(schema) : {}] as const,
  );
  return {
    ...(inner.length > 0 && { properties: Object.fromEntries(inner) }),
    ...(isObject(items) && { items: structure(items) }),
    ...(Array.isArray(required) && required.length > 0 && { required }),
  };
}
