import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import * as z from "zod";
import { checksumOf } from "../../../../handlers/connector-framework/kit/checksum.ts";
import { pythonJson } from "../../../../handlers/connector-framework/kit/python-json.ts";

/**
 * Made with Python's own `json` and `hashlib`, not with what is tested here: `json.dumps(metadata, sort_keys=True)` with
 * its other defaults, and SHA-256 of `id + "+" + that + "+" + SHA-256 of the contents`, after times and nulls were taken
 * out of the metadata.
 */
const vector = z.object({
  id: z.string(),
  metadata: z.record(z.string(), z.any()),
  contents: z.string().transform((hex) => Buffer.from(hex, "hex")),
  json: z.string(),
  checksum: z.string(),
});

const vectors = z.array(vector).parse(JSON.parse(readFileSync(join(__dirname, "checksum-vectors.json"), "utf8")));

test.each(vectors.map((one) => [one.id, one] as const))(
  "the checksum of %s is what Python makes of the same document",
  (_, { id, metadata, contents, json, checksum }) => {
    const { created_at, last_updated_at, ...lasting } = metadata;
    expect(pythonJson(lasting)).toBe(json);
    expect(checksumOf(id, metadata, contents)).toBe(checksum);
  },
);

describe("a checksum", () => {
  const contents = Buffer.from("text");
  const checksum = checksumOf("a", { title: "A" }, contents);

  test("depends on id, metadata and contents", () => {
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(checksumOf("b", { title: "A" }, contents)).not.toBe(checksum);
    expect(checksumOf("a", { title: "B" }, contents)).not.toBe(checksum);
    expect(checksumOf("a", { title: "A" }, Buffer.from("texu"))).not.toBe(checksum);
  });

  test("does not depend on times, on the order of metadata, nor on members that say nothing", () => {
    const times = { created_at: "2026-01-01T00:00:00Z", last_updated_at: "2026-01-02T00:00:00Z" };
    expect(checksumOf("a", { source_uri: null, ...times, title: "A" }, contents)).toBe(checksum);
    expect(checksumOf("a", { attributes: { b: "1", a: "2" }, title: "A" }, contents)).toBe(
      checksumOf("a", { title: "A", attributes: { a: "2", b: "1" } }, contents),
    );
  });
});

test("property: what is written is plain ASCII, and reads as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const written = pythonJson(value);
      expect(written).toMatch(/^[ -~]*$/);
      expect(JSON.parse(written)).toEqual(withoutNulls(value));
    }),
  );
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

test("fails when a number is none of JSON", () => {
  expect(() => pythonJson({ size: Number.NaN })).toThrow("NaN is no number in JSON");
});
