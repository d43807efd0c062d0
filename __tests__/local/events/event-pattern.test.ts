import * as fc from "fast-check";
import { compilePattern } from "../../../local/events/pattern/event-pattern.ts";
import { compileWildcard } from "../../../local/events/pattern/wildcard.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

describe("a pattern", () => {
  test.each<[string, object, Json, boolean]>([
    ["exact string", { a: ["x"] }, { a: "x" }, true],
    ["exact string, other case", { a: ["x"] }, { a: "X" }, false],
    ["a string is not a number", { a: ["1"] }, { a: 1 }, false],
    ["exact number", { a: [300] }, { a: 300.0 }, true],
    ["exact boolean", { a: [true] }, { a: true }, true],
    ["null matches null", { a: [null] }, { a: null }, true],
    ["null does not match a missing field", { a: [null] }, {}, false],
    ["empty string", { a: [""] }, { a: "" }, true],
    ["any of several", { a: ["x", "y"] }, { a: "y" }, true],
    ["all fields", { a: ["x"], b: ["y"] }, { a: "x", b: "z" }, false],
    ["nested", { a: { b: ["x"] } }, { a: { b: "x", c: 1 } }, true],
    ["nested, but the event has a value there", { a: { b: ["x"] } }, { a: "x" }, false],
    ["an array in the event", { a: ["x"] }, { a: ["w", "x"] }, true],
    ["an empty array in the event", { a: ["x"] }, { a: [] }, false],
    ["objects in an array", { a: { b: ["x"] } }, { a: [{ b: "w" }, { b: "x" }] }, true],
    [
      "fields of different elements do not combine",
      { a: { b: [1], c: [2] } },
      {
        a: [
          { b: 1, c: 1 },
          { b: 2, c: 2 },
        ],
      },
      false,
    ],
    ["prefix", { a: [{ prefix: "us-" }] }, { a: "us-east-1" }, true],
    ["prefix of a number", { a: [{ prefix: "1" }] }, { a: 12 }, false],
    ["prefix in any case", { a: [{ prefix: { "equals-ignore-case": "US-" } }] }, { a: "us-east-1" }, true],
    ["suffix", { a: [{ suffix: ".png" }] }, { a: "x.png" }, true],
    ["suffix in any case", { a: [{ suffix: { "equals-ignore-case": ".PNG" } }] }, { a: "x.png" }, true],
    ["equals-ignore-case", { a: [{ "equals-ignore-case": "Alice" }] }, { a: "aLICE" }, true],
    ["anything-but a value", { a: [{ "anything-but": "x" }] }, { a: "y" }, true],
    ["anything-but that value", { a: [{ "anything-but": "x" }] }, { a: "x" }, false],
    ["anything-but needs a value", { a: [{ "anything-but": "x" }] }, {}, false],
    ["anything-but a list", { a: [{ "anything-but": [1, 2] }] }, { a: 2 }, false],
    [
      "anything-but in an array: one other element is enough",
      { a: [{ "anything-but": "x" }] },
      { a: ["x", "y"] },
      true,
    ],
    ["anything-but prefix", { a: [{ "anything-but": { prefix: "x" } }] }, { a: "xy" }, false],
    ["anything-but prefixes", { a: [{ "anything-but": { prefix: ["x", "y"] } }] }, { a: "za" }, true],
    ["anything-but suffix", { a: [{ "anything-but": { suffix: "y" } }] }, { a: "xy" }, false],
    [
      "anything-but equals-ignore-case",
      { a: [{ "anything-but": { "equals-ignore-case": ["Y"] } }] },
      { a: "y" },
      false,
    ],
    ["anything-but wildcard", { a: [{ "anything-but": { wildcard: "*/x/*" } }] }, { a: "1/x/2" }, false],
    ["numeric equal", { a: [{ numeric: ["=", 100] }] }, { a: 100 }, true],
    ["numeric range", { a: [{ numeric: [">", 10, "<=", 20] }] }, { a: 20 }, true],
    ["numeric range, outside", { a: [{ numeric: [">", 10, "<=", 20] }] }, { a: 10 }, false],
    ["numeric of a string", { a: [{ numeric: [">", 10] }] }, { a: "11" }, false],
    ["exists", { a: [{ exists: true }] }, { a: null }, true],
    ["exists is about leaves", { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ["exists not", { a: [{ exists: false }] }, { b: 1 }, true],
    ["exists not, below something missing", { a: { b: [{ exists: false }] } }, {}, true],
    ["exists not, but does", { a: { b: [{ exists: false }] } }, { a: { b: "" } }, false],
    ["exists not, asked of every element", { a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    ["absent or a value", { a: [{ exists: false }, "x"] }, { a: "x" }, true],
    ["wildcard", { a: [{ wildcard: "dir/*/f*.txt" }] }, { a: "dir/sub/file.txt" }, true],
    ["wildcard with an escaped star", { a: [{ wildcard: "a\\*b*" }] }, { a: "axb" }, false],
    ["cidr", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "10.0.0.255" }, true],
    ["cidr, outside", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "10.0.1.0" }, false],
    ["cidr version 6", { a: [{ cidr: "2001:db8::/32" }] }, { a: "2001:db8:1::1" }, true],
    ["cidr of no address", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "ten" }, false],
    ["$or", { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
    ["$or and the fields beside it", { c: [3], $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, false],
    ["$or inside a field", { d: { $or: [{ a: [1] }, { b: [2] }] } }, { d: { a: 1 } }, true],
    [
      "DynamoDB attribute values",
      { dynamodb: { NewImage: { on: { BOOL: [true] }, n: { N: ["101"] } } } },
      { dynamodb: { NewImage: { on: { BOOL: true }, n: { N: "101" } } } },
      true,
    ],
    ["a name every object has", { constructor: [{ exists: true }] }, {}, false],
  ])("%s", (_name, pattern, event, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  test.each<[unknown, string]>([
    [{ detail: { status: [{ regex: "x" }] } }, "Unrecognized match type regex at detail.status"],
    [{ a: [{ toString: 1 }] }, "Unrecognized match type toString at a"],
    [{ a: "x" }, "A field must be an object or an array at a"],
    [{ a: [] }, "Empty arrays are not allowed at a"],
    [{ a: {} }, "Empty objects are not allowed at a"],
    [{}, "Empty objects are not allowed"],
    ["text", "A pattern must be an object"],
    [{ a: [["x"]] }, "An element must be a value or an object with one operator at a"],
    [{ a: [{ prefix: "x", suffix: "y" }] }, "Only one key allowed in match expression at a"],
    [{ a: [{ prefix: 1 }] }, 'prefix needs a string or {"equals-ignore-case": string} at a'],
    [{ a: [{ exists: "yes" }] }, "exists needs true or false at a"],
    [{ a: [{ "anything-but": ["x", 1] }] }, "anything-but needs strings or numbers, not both at a"],
    [{ a: [{ "anything-but": [] }] }, "anything-but needs strings or numbers, not both at a"],
    [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, "Unsupported anything-but pattern numeric at a"],
    [{ a: [{ "anything-but": { prefix: { "equals-ignore-case": "x" } } }] }, "anything-but prefix needs strings at a"],
    [{ a: [{ numeric: [">"] }] }, 'numeric: needs ["=", number]'],
    [{ a: [{ numeric: ["!", 1] }] }, 'numeric: unrecognized operator "!" at a'],
    [{ a: [{ numeric: ["=", 6e9] }] }, "numeric: bounds are numbers"],
    [{ a: [{ numeric: ["<", 1, ">", 0] }] }, "numeric: a range is > or >=, then < or <= at a"],
    [{ a: [{ numeric: [">", 2, "<", 1] }] }, "numeric: the lower bound must be less"],
    [{ a: [{ wildcard: "x**" }] }, "wildcard: Consecutive wildcard characters at pos 1 at a"],
    [{ a: [{ wildcard: "x\\y" }] }, "wildcard: Invalid escape character at pos 1 at a"],
    [{ a: [{ cidr: "10.0.0.0" }] }, "cidr needs an address"],
    [{ a: [{ cidr: "10.0.0.0/33" }] }, "cidr needs an address"],
    [{ $or: [{ a: [1] }] }, "$or needs an array of at least two patterns at $or"],
    [{ d: { $or: [{ a: [1] }, { b: 2 }] } }, "A field must be an object or an array at d.b"],
  ])("%j is refused", (pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(reason);
  });
});

// A few names and values, so that patterns often meet events.
const names = ["a", "b", "c"];
const text = fc.constantFrom("", "a", "ab", "A", "abc", "b*");
const scalar = fc.oneof(text, fc.integer({ min: -2, max: 2 }), fc.boolean(), fc.constant(null));

const event = fc.letrec<{ value: Json; object: { [name: string]: Json } }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    tie("object"),
    fc.array(tie("object"), { maxLength: 2 }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 3 }),
})).object;

const element = fc.oneof(
  { weight: 3, arbitrary: scalar },
  {
    weight: 4,
    arbitrary: fc.oneof(
      fc.record({ prefix: text }),
      fc.record({ suffix: fc.oneof(text, fc.record({ "equals-ignore-case": text })) }),
      fc.record({ "equals-ignore-case": text }),
      fc.record({
        "anything-but": fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 }), fc.record({ prefix: text })),
      }),
      fc.record({ exists: fc.boolean() }),
      fc.record({ numeric: fc.tuple(fc.constantFrom("<", ">=", "="), fc.integer({ min: -2, max: 2 })) }),
      fc.record({ wildcard: fc.constantFrom("*", "a*", "*b*", "a*c") }),
    ),
  },
);
const leaf = fc.array(element, { minLength: 1, maxLength: 2 });
const fields = fc.letrec<{ part: Json; fields: { [name: string]: Json } }>((tie) => ({
  part: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("fields")),
  fields: fc.dictionary(fc.constantFrom(...names), tie("part"), { minKeys: 1, maxKeys: 2 }),
})).fields;
const pattern = fc.oneof(fields, fc.record({ $or: fc.array(fields, { minLength: 2, maxLength: 3 }) }));

/** All readings of an event in which each array is replaced by one of its elements, or by nothing if it is empty. */
function readings(value: Json | undefined): (Json | undefined)[] {
  if (Array.isArray(value)) return value.length === 0 ? [undefined] : value.flatMap(readings);
  if (typeof value !== "object" || value === null) return [value];
  let all: { [name: string]: Json }[] = [{}];
  for (const [name, part] of Object.entries(value))
    all = all.flatMap((rest) =>
      readings(part).map((reading) => (reading === undefined ? rest : { ...rest, [name]: reading })),
    );
  return all;
}

const at = (value: Json | undefined, path: string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (v, name) => (typeof v === "object" && v !== null && !Array.isArray(v) ? v[name] : undefined),
    value,
  );
const isLeaf = (value: Json | undefined): value is Exclude<Json, object> | null =>
  value !== undefined && (value === null || typeof value !== "object");

/** The slow and obvious way: some reading of the event meets every field; absence is asked of all readings. */
function reference(rule: { [name: string]: Json }, subject: Json): boolean {
  const all = readings(subject);
  const meets = (reading: Json | undefined, part: Json, path: string[]): boolean => {
    if (Array.isArray(part)) {
      return part.some((wanted) => {
        const value = at(reading, path);
        if (typeof wanted !== "object" || wanted === null) return isLeaf(value) && value === wanted;
        const [[operator, operand] = ["", null]] = Object.entries(wanted);
        if (operator === "exists" && operand === false) return !all.some((other) => isLeaf(at(other, path)));
        return isLeaf(value) && satisfies(operator, operand as Json, value);
      });
    }
    return Object.entries(part as object).every(([name, inner]) =>
      name === "$or"
        ? (inner as Json[]).some((alternative) => meets(reading, alternative, path))
        : meets(reading, inner, [...path, name]),
    );
  };
  return all.some((reading) => meets(reading, rule, []));
}

function satisfies(operator: string, operand: Json, value: string | number | boolean | null): boolean {
  if (operator === "exists") return true;
  if (operator === "anything-but") {
    if (typeof operand === "object" && operand !== null && !Array.isArray(operand))
      return !satisfies("prefix", operand.prefix ?? null, value);
    return ![operand].flat().includes(value);
  }
  if (operator === "numeric") {
    const [sign, bound] = operand as [string, number];
    if (typeof value !== "number") return false;
    return sign === "=" ? value === bound : sign === "<" ? value < bound : value >= bound;
  }
  if (typeof value !== "string") return false;
  if (operator === "wildcard") return new RegExp(`^${String(operand).replaceAll("*", ".*")}$`, "s").test(value);
  const nested = typeof operand === "object" && operand !== null && !Array.isArray(operand);
  const [wanted, subject] = nested
    ? [String(operand["equals-ignore-case"]).toLowerCase(), value.toLowerCase()]
    : [String(operand), value];
  if (operator === "prefix") return subject.slice(0, wanted.length) === wanted;
  if (operator === "suffix") return wanted === "" || subject.slice(-wanted.length) === wanted;
  return wanted.toLowerCase() === subject.toLowerCase();
}

test("any pattern on any event agrees with trying every reading of the event's arrays", () => {
  let matched = 0;
  fc.assert(
    fc.property(pattern, event, (rule, subject) => {
      const expected = reference(rule, subject);
      if (expected) matched += 1;
      expect(compilePattern(rule)(subject)).toBe(expected);
    }),
    { numRuns: 10_000 },
  );
  expect(matched).toBeGreaterThan(100);
});

test("a wildcard agrees with the regular expression it stands for", () => {
  const characters = fc.string({ unit: fc.constantFrom("a", "b", ".", "\n"), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(characters, { minLength: 1, maxLength: 4 }), characters, (pieces, subject) => {
      const expression = pieces.join("*").replaceAll(/\*+/g, "*");
      const escaped = expression.replaceAll(".", "\\.").replaceAll("*", ".*");
      expect(compileWildcard(expression)(subject)).toBe(new RegExp(`^${escaped}$`, "s").test(subject));
    }),
    { numRuns: 2_000 },
  );
});
