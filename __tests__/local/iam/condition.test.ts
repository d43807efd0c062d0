import fc from "fast-check";
import { decisionOf } from "./policies.ts";

/** Whether a condition holds for tags that a request is made with. */
function holds(condition: object, context: Record<string, string | string[]> = {}): boolean {
  const statement = { Effect: "Allow", Action: "batch:TagResource", Resource: "*", Condition: condition };
  return decisionOf([statement], { action: "batch:TagResource", resource: "*", context }) === "allowed";
}
const key = "aws:RequestTag/a";

test.each<[string, unknown, string, boolean]>([
  ["StringEquals", "x", "x", true],
  ["StringEquals", ["y", "x"], "x", true],
  ["StringEquals", "X", "x", false],
  ["StringEquals", "*", "x", false],
  ["StringNotEquals", ["y", "x"], "x", false],
  ["StringNotEquals", ["y", "z"], "x", true],
  ["StringEqualsIgnoreCase", "X", "x", true],
  ["StringNotEqualsIgnoreCase", "X", "x", false],
  ["StringLike", "ccj-*", "ccj-1", true],
  ["StringLike", "ccj-?", "ccj-12", false],
  ["StringNotLike", "ccj-*", "ccj-1", false],
  ["ArnLike", "arn:aws:sqs:*:1:q*", "arn:aws:sqs:eu-central-1:1:queue", true],
  ["ArnEquals", "arn:aws:sqs:*:q", "arn:aws:sqs:eu-central-1:1:q", false],
  ["ArnLike", "arn:aws:states:r:1:*", "arn:aws:states:r:1:execution:a:b", true],
  ["ArnNotLike", "arn:aws:sqs:*:1:q*", "arn:aws:sqs:eu-central-1:1:queue", false],
  ["ArnNotEquals", "arn:aws:sqs:r:1:q", "arn:aws:sqs:r:1:p", true],
  ["Bool", "true", "True", true],
  ["Bool", false, "true", false],
  ["NumericEquals", "10", "10.0", true],
  ["NumericNotEquals", 10, "11", true],
  ["NumericLessThan", "10", "9", true],
  ["NumericLessThan", "10", "nine", false],
  ["NumericLessThanEquals", "10", "10", true],
  ["NumericGreaterThan", "10", "10", false],
  ["NumericGreaterThanEquals", "10", "10", true],
  ["Null", "false", "x", true],
  ["Null", "true", "x", false],
])("%s %j of %j: %s", (operator, given, value, expected) => {
  expect(holds({ [operator]: { [key]: given } }, { [key]: value })).toBe(expected);
});

test("the name of a key is compared without regard to case", () => {
  expect(holds({ StringEquals: { "AWS:requesttag/A": "x" } }, { [key]: "x" })).toBe(true);
});

test("all operators and keys must hold", () => {
  const condition = { StringEquals: { [key]: "x", "aws:RequestTag/b": "y" }, StringLike: { [key]: "?" } };
  expect(holds(condition, { [key]: "x", "aws:RequestTag/b": "y" })).toBe(true);
  expect(holds(condition, { [key]: "x", "aws:RequestTag/b": "z" })).toBe(false);
});

describe("without the key", () => {
  test.each([
    [{ StringEquals: { [key]: "x" } }, false],
    [{ StringNotEquals: { [key]: "x" } }, true],
    [{ StringEqualsIfExists: { [key]: "x" } }, true],
    [{ NumericLessThan: { [key]: "1" } }, false],
    [{ Null: { [key]: "true" } }, true],
    [{ Null: { [key]: "false" } }, false],
    [{ "ForAllValues:StringEquals": { "aws:TagKeys": "x" } }, true],
    [{ "ForAnyValue:StringEquals": { "aws:TagKeys": "x" } }, false],
  ])("%j: %s", (condition, expected) => {
    expect(holds(condition)).toBe(expected);
  });
});

test("IfExists asks for the value when there is one", () => {
  expect(holds({ StringEqualsIfExists: { [key]: "x" } }, { [key]: "y" })).toBe(false);
});

const word = fc.constantFrom("a", "b", "c", "d");
const words = fc.uniqueArray(word, { maxLength: 4 });
const given = fc.uniqueArray(word, { minLength: 1, maxLength: 4 });

test("property: of several values, ForAllValues and ForAnyValue are every and some", () => {
  fc.assert(
    fc.property(words, given, (values, allowed) => {
      const of = (operator: string) => holds({ [operator]: { "aws:TagKeys": allowed } }, { "aws:TagKeys": values });
      expect(of("ForAllValues:StringEquals")).toBe(values.every((value) => allowed.includes(value)));
      expect(of("ForAnyValue:StringEquals")).toBe(values.some((value) => allowed.includes(value)));
      expect(of("ForAllValues:StringNotEquals")).toBe(!values.some((value) => allowed.includes(value)));
      expect(of("ForAnyValue:StringNotEquals")).toBe(!values.every((value) => allowed.includes(value)));
    }),
  );
});

test("property: an operator and its opposite never agree, with the key or without", () => {
  const context = fc.option(word, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));
  fc.assert(
    fc.property(context, given, fc.constantFrom("String_Equals", "String_Like"), (values, allowed, operator) => {
      const is = holds({ [operator.replace("_", "")]: { [key]: allowed } }, values);
      expect(holds({ [operator.replace("_", "Not")]: { [key]: allowed } }, values)).toBe(!is);
    }),
  );
});
