import fc from "fast-check";
import { createModels } from "../../../local/gateway/models.ts";

const violations = (schema: Record<string, unknown>, value: unknown, components = {}) =>
  createModels(components)(schema)(value);

test.each<[Record<string, unknown>, unknown, string]>([
  [{ required: ["b", "a", "c"] }, { c: 1 }, 'object has missing required properties (["a","b"])'],
  [
    { additionalProperties: false, properties: { a: {} } },
    { a: 1, z: 1, b: 1 },
    'object instance has properties which are not allowed by the schema: ["b","z"]',
  ],
  [{ type: "integer" }, "1", 'instance type (string) does not match any allowed primitive type (allowed: ["integer"])'],
  [
    { type: "number" },
    null,
    'instance type (null) does not match any allowed primitive type (allowed: ["integer","number"])',
  ],
  [{ enum: ["cat", "dog"] }, "bird", 'instance value ("bird") not found in enum (possible values: ["cat","dog"])'],
  [{ maximum: 500 }, 501, "numeric instance is greater than the required maximum (maximum: 500, found: 501)"],
  [{ minimum: 25 }, 10, "numeric instance is lower than the required minimum (minimum: 25, found: 10)"],
  [{ minimum: 0, exclusiveMinimum: true }, 0, "numeric instance is not strictly greater than the required minimum 0"],
  [{ maximum: 9, exclusiveMaximum: true }, 9, "numeric instance is not strictly lower than the required maximum 9"],
  [{ multipleOf: 3 }, 4, "remainder of division is not zero (4 / 3)"],
  [{ minLength: 2 }, "😀", 'string "😀" is too short (length: 1, required minimum: 2)'],
  [{ maxLength: 2 }, "abc", 'string "abc" is too long (length: 3, maximum allowed: 2)'],
  [{ pattern: "^a\\:b$" }, "A", 'ECMA 262 regex "^a\\\\:b$" does not match input string "A"'],
  [{ format: "email" }, "x", 'string "x" is not a valid email address'],
  [{ format: "ipv4" }, "x", 'string "x" is not a valid IPv4 address'],
  [{ minItems: 2 }, [1], "array is too short: must have at least 2 elements but instance has 1 elements"],
  [{ maxItems: 0 }, [1], "array is too long: must have at most 0 elements but instance has 1 elements"],
  [{ uniqueItems: true }, [1, 1], "array must not contain duplicate elements"],
  [{ minProperties: 1 }, {}, "object has too few properties (found 0 but schema requires at least 1)"],
  [{ maxProperties: 0 }, { a: 1 }, "object has too many properties (found 1 but schema requires at most 0)"],
  [
    { anyOf: [{ type: "string" }, { required: ["a"] }] },
    {},
    "instance failed to match at least one required schema among 2",
  ],
  [
    { oneOf: [{ type: "string" }, { type: "null" }] },
    1,
    "instance failed to match exactly one schema (matched 0 out of 2)",
  ],
  [
    { oneOf: [{ type: "object" }, { minProperties: 0 }] },
    {},
    "instance failed to match exactly one schema (matched 2 out of 2)",
  ],
  [{ not: { type: "string" } }, "a", "instance matched a schema which it should not have"],
])("%j refuses %j in the words of the service", (schema, value, text) => {
  expect(violations(schema, value)).toEqual([text]);
});

test("several violations are listed one by one", () => {
  const schema = { properties: { price: { type: "number", maximum: 500 }, type: { enum: ["dog"] } } };
  expect(violations(schema, { price: 501, type: "bird" })).toHaveLength(2);
});

test("nullable means nothing: null is refused where the OpenAPI document allows it", () => {
  expect(violations({ properties: { a: { type: "string", nullable: true } } }, { a: null })).toHaveLength(1);
  expect(violations({ properties: { nullable: { type: "string" } } }, { nullable: 1 })).toHaveLength(1);
});

test("formats that draft-04 does not know are not checked", () => {
  expect(violations({ type: "string", format: "uuid" }, "x")).toEqual([]);
});

test("models may refer to each other in circles", () => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const components = {
    Person: { required: ["house"], properties: { house: ref("House"), nullable: { nullable: true } } },
    House: { properties: { people: { type: "array", items: { nullable: true, ...ref("Person") } } } },
  };
  expect(violations(ref("Person"), { house: { people: [{ house: {} }] } }, components)).toEqual([]);
  expect(violations(ref("Person"), { house: { people: [{ house: {} }, {}] } }, components)).toHaveLength(1);
  expect(violations({ type: "array", items: ref("Person") }, [{}], components)).toHaveLength(1);
});

test("for any JSON there is a violation exactly when one is expected, and each is a sentence", () => {
  const schema = { type: "object", required: ["a"], properties: { a: { type: "integer", minimum: 0 } } };
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ a: fc.oneof(fc.integer(), fc.jsonValue()) })), (value) => {
      const found = violations(schema, value);
      const object = typeof value === "object" && value !== null && !Array.isArray(value);
      const a: unknown = object && Object.hasOwn(value, "a") ? Reflect.get(value, "a") : undefined;
      expect(found.length === 0).toBe(object && Number.isInteger(a) && Number(a) >= 0);
      for (const violation of found) expect(violation).toMatch(/^(object|instance|numeric)/);
    }),
  );
});
