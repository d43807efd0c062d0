import * as fc from "fast-check";
import { kebabCase, physicalName } from "../../constructs/naming/index.ts";

const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
const parts = fc.array(part, { minLength: 1, maxLength: 8 });

test("a name is its parts, joined", () => {
  expect(physicalName("table", ["armature", "dev", "shop", "orders"])).toBe("armature-dev-shop-orders");
});

test("a name as long as its kind allows stays whole; one character more, and it is cut and ends in a hash", () => {
  expect(physicalName("function", ["a".repeat(64)])).toBe("a".repeat(64));
  expect(physicalName("function", ["a".repeat(65)])).toMatch(/^a{55}-[0-9a-f]{8}$/);
});

test("no name is longer than its kind allows, and two long names never become one", () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const [first, second] = [physicalName("role", one), physicalName("role", other)];
      expect(first.length).toBeLessThanOrEqual(64);
      expect(first === second).toBe(one.join("-") === other.join("-"));
    }),
  );
});

test.each([
  ["JobStatus", "job-status"],
  ["jobStatus", "job-status"],
  ["APIGateway", "api-gateway"],
  ["S3", "s3"],
  ["dead-letters", "dead-letters"],
])("%s is written %s", (id, name) => expect(kebabCase(id)).toBe(name));
