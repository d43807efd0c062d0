import fc from "fast-check";
import * as z from "zod";

/** What is read of a schema in OpenAPI 3.0's dialect. */
export const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  nullable: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  get anyOf() {
    return z.array(schema).optional();
  },
  get allOf() {
    return z.array(schema).optional();
  },
  get items() {
    return schema.optional();
  },
  get properties() {
    return z.record(z.string(), schema).optional();
  },
  required: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
export type Schema = z.output<typeof schema>;

/** Any JSON, with what parsers stumble over among it. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, "", " ", 0, -1, 1e308, 0.1, 2 ** 53, true, [], {}, [[]], [null], { "": null }),
  fc.constantFrom<unknown>(
    "\u0000",
    "\ud800",
    "é".repeat(3),
    "＜script＞",
    "‮",
    "../../..",
    "%00",
    "${jndi:x}",
    "' OR 1=1--",
  ),
  fc.constantFrom<unknown>({ constructor: 1 }, { toString: "x" }, JSON.parse('{"__proto__": {"status": "IN_USE"}}')),
  fc.integer({ min: 1, max: 20_000 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 1, max: 300 }).map((length) => Array.from({ length }, (_, index) => `item ${index}`)),
  fc.integer({ min: 1, max: 200 }).map((depth) => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`)),
);

/** Values that a schema accepts, at its limits more often than not. */
export function fromSchema(root: Schema, named: (reference: string) => Schema, depth = 0): fc.Arbitrary<unknown> {
  const inner = (part: Schema) => fromSchema(part, named, depth + 1);
  const { $ref, nullable, enum: values, anyOf, allOf, type } = root;
  if ($ref !== undefined) return depth > 6 ? fc.constant(null) : inner(named($ref));
  if (nullable) return fc.option(inner({ ...root, nullable: false }), { freq: 8 });
  if (values) return fc.constantFrom(...values);
  if (anyOf) return fc.oneof(...anyOf.map(inner));
  if (allOf?.[0]) return inner(allOf[0]);
  switch (type) {
    case "string":
      return text(root);
    case "integer":
    case "number":
      return number(root);
    case "boolean":
      return fc.boolean();
    case "array": {
      const { minItems: minLength = 0, maxItems = 100, items } = root;
      const maxLength = Math.min(maxItems, minLength + 100);
      return fc.array(items ? inner(items) : oddJson, { minLength, maxLength, size: "small" });
    }
    case "object": {
      const members = Object.entries(root.properties ?? {}).map(([name, member]) => [name, inner(member)] as const);
      const requiredKeys = (root.required ?? []).filter((name) => name in (root.properties ?? {}));
      return fc.record(Object.fromEntries(members), { requiredKeys });
    }
    default:
      return oddJson;
  }
}

function text({ pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  const limit = maxLength ?? minLength + 50;
  const ofLength = (length: number) => fc.constant("x".repeat(length));
  if (pattern === undefined)
    return fc.oneof(
      fc.string({ minLength, maxLength: Math.min(limit, minLength + 50), unit: "grapheme" }),
      ofLength(minLength),
      ofLength(Math.min(limit, 500_000)),
    );
  return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length >= minLength && length <= limit);
}

function number({ type, minimum = -1000, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  if (type === "integer")
    return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }));
  return fc.oneof(fc.constantFrom(minimum, maximum), fc.double({ min: minimum, max: maximum, noNaN: true }));
}

/** A value with something in it replaced, taken out or put in. */
export const disturbed = (value: unknown): fc.Arbitrary<unknown> =>
  fc
    .record({
      path: fc.array(fc.nat(20), { maxLength: 4 }),
      by: oddJson,
      how: fc.constantFrom("replace", "remove", "add"),
    })
    .map(({ path, by, how }) => disturb(value, path, by, how));

function disturb(value: unknown, [step, ...rest]: readonly number[], by: unknown, how: string): unknown {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const chosen = step === undefined ? undefined : entries[step % entries.length];
  if (!chosen) return by;
  const [name, inner] = chosen;
  const changed: [string, unknown][] =
    rest.length > 0 || how === "replace" ? [[name, disturb(inner, rest, by, how)]] : [];
  const added: [string, unknown][] = how === "add" && rest.length === 0 ? [chosen, [`${name}_`, by]] : [];
  const all = entries.flatMap((entry) => (entry === chosen ? [...changed, ...added] : [entry]));
  return Array.isArray(value) ? all.map(([, item]) => item) : Object.fromEntries(all);
}
