import fc from "fast-check";
import {
  type AttributeValue,
  compareDecimals,
  sameValue,
} from "../../../../local/services/dynamodb/attribute-value.ts";

const SCALE = 10n ** 20n;

/** A number of at most 20 decimals, as DynamoDB writes it. */
const decimal = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map((scaled) => {
  const magnitude = scaled < 0n ? -scaled : scaled;
  const fraction = String(magnitude % SCALE)
    .padStart(20, "0")
    .replace(/0+$/, "");
  const text = `${scaled < 0n ? "-" : ""}${magnitude / SCALE}${fraction && `.${fraction}`}`;
  return { scaled, text };
});

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: fc.string() }),
    fc.record({ N: decimal.map(({ text }) => text) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true }),
    fc.record({ SS: fc.uniqueArray(fc.string(), { minLength: 1 }) }),
    fc.record({ L: fc.array(tie("value"), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 3 }) }),
  ),
}));

/** The same value with its sets and maps written in the opposite order. */
function rewritten(original: AttributeValue): AttributeValue {
  if (original.SS) return { SS: original.SS.toReversed() };
  if (original.L) return { L: original.L.map(rewritten) };
  if (!original.M) return { ...original };
  return {
    M: Object.fromEntries(
      Object.entries(original.M)
        .toReversed()
        .map(([name, part]) => [name, rewritten(part)]),
    ),
  };
}

test("decimals are ordered by their value, whatever their length", () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const expected = a.scaled < b.scaled ? -1 : a.scaled > b.scaled ? 1 : 0;
      expect(Math.sign(compareDecimals(a.text, b.text))).toBe(expected);
    }),
  );
});

test("minus zero is zero", () => {
  expect(compareDecimals("-0", "0")).toBe(0);
  expect(sameValue({ NS: ["-0"] }, { NS: ["0"] })).toBe(true);
});

test("a value equals itself in any order of its sets and maps", () => {
  fc.assert(fc.property(value, (original) => expect(sameValue(original, rewritten(original))).toBe(true)));
});

test("values that are written differently, but for order, are not equal", () => {
  const canonical = (part: AttributeValue): string =>
    JSON.stringify(part, (_name, inner) =>
      inner?.SS
        ? { SS: inner.SS.toSorted() }
        : inner && typeof inner === "object" && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
    );
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameValue(a, b)).toBe(canonical(a) === canonical(b));
    }),
  );
});
