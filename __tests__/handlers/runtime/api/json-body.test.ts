import fc from "fast-check";
import { jsonDepth, parseJsonBody } from "../../../../handlers/runtime/api/json-body.ts";

const refusalOf = (text: string): unknown => {
  try {
    return parseJsonBody(text);
  } catch (error) {
    return error;
  }
};

const hasNoProto = (text: string) => !text.includes("__proto__");

test("what is taken is written again as it was sent", () => {
  const json = fc.json().filter(hasNoProto);
  fc.assert(
    fc.property(json, (text) => {
      expect(parseJsonBody(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("a whole number is either refused or written again digit by digit, wherever it stands", () => {
  const digits = fc.oneof(
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  );
  fc.assert(
    fc.property(fc.array(digits, { minLength: 1 }), (integers) => {
      const text = `{"list":[${integers.join(",")}]}`;
      const exact = integers.every((integer) => String(Number(integer)) === String(integer));
      const outcome = refusalOf(text);
      if (exact) expect(JSON.stringify(outcome)).toBe(text);
      else
        expect(outcome).toMatchObject({ code: "BadRequest", message: expect.stringMatching(/^list\.\d+: is a whole/) });
    }),
  );
});

test("every safe integer is taken", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (integer) => parseJsonBody(String(integer)) === integer));
});

test("digits in text are text, and fractions and powers of ten are doubles", () => {
  const text = '{"a":"9007199254740993","b":1e300,"c":0.1,"d":-0,"e":9007199254740993.0}';
  expect(parseJsonBody(text)).toEqual(JSON.parse(text));
});

test("a number that is refused is found beside large ones that are not", () => {
  expect(refusalOf('{"a":9007199254740992,"b":{"c":9007199254740993}}')).toMatchObject({
    message: "b.c: is a whole number that does not fit a double: send it as text",
  });
});

test("the name __proto__ is refused in any spelling and at any depth, and as a value it is not", () => {
  for (const text of ['{"a":[{"__proto__":{}}]}', '{"a":[{"\\u005f_proto__":1}]}'])
    expect(refusalOf(text)).toMatchObject({
      code: "BadRequest",
      message: "a.0.__proto__: is a name no member may have",
    });
  expect(parseJsonBody('{"a":"__proto__"}')).toEqual({ a: "__proto__" });
});

test.each([
  ["[", "]"],
  ['{"a":', "}"],
])("a body of %s is taken to its depth's limit and refused beyond it, however deep", (open, close) => {
  const nested = (depth: number) => `${open.repeat(depth - 1)}{}${close.repeat(depth - 1)}`;
  expect(refusalOf(nested(jsonDepth))).not.toBeInstanceOf(Error);
  for (const depth of [jsonDepth + 1, 100_000])
    expect(refusalOf(nested(depth))).toMatchObject({
      code: "BadRequest",
      message: expect.stringContaining(`is nested deeper than ${jsonDepth} levels`),
    });
});

test("a path that grows without end does not make the message grow", () => {
  const name = "n".repeat(5_000);
  expect(Object(refusalOf(`{"${name}":{"__proto__":1}}`)).message).toHaveLength(1024);
});

test("what is not JSON is refused", () => {
  for (const text of ["{", "undefined", "{'a':1}", "01"])
    expect(refusalOf(text)).toMatchObject({ code: "BadRequest", message: "body: must be JSON" });
});

test("a body that is too large is refused by its size, before anything in it is looked at", () => {
  const text = (bytes: number) => `"${"€".repeat((bytes - 2) / 3)}"`;
  const [fits, tooLarge] = [text(1_048_574), text(1_048_577)];
  expect(parseJsonBody(fits)).toBe(JSON.parse(fits));
  expect(() => parseJsonBody(tooLarge)).toThrow("body: at most 1048576 bytes, but has 1048577");
  expect(() => parseJsonBody(" ".repeat(2_000_000))).toThrow("body: at most 1048576 bytes, but has 2000000");
});
