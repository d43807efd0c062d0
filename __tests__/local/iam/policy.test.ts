import fc from "fast-check";
import { decide } from "../../../local/iam/decision.ts";
import { parsePolicy } from "../../../local/iam/policy.ts";
import { decisionOf, documentOf } from "./policies.ts";

const allow = (Action: string | string[], Resource: string | string[] = "*") => ({ Effect: "Allow", Action, Resource });
const deny = (Action: string | string[], Resource: string | string[] = "*") => ({ Effect: "Deny", Action, Resource });

test("what no statement is about is not allowed", () => {
  expect(decisionOf([allow("s3:PutObject")])).toBe("not allowed");
  expect(decisionOf([allow("s3:GetObject", "arn:aws:s3:::b/other")])).toBe("not allowed");
});

test.each<[string, object, boolean]>([
  ["the action and the resource", allow("s3:GetObject", "arn:aws:s3:::b/k"), true],
  ["one of several", allow(["s3:PutObject", "s3:GetObject"], ["arn:aws:s3:::a/k", "arn:aws:s3:::b/k"]), true],
  ["the action in other letters", allow("S3:getobject"), true],
  ["the resource in other letters", allow("s3:GetObject", "arn:aws:s3:::B/k"), false],
  ["wildcards", allow("s3:Get*", "arn:aws:s3:::?/*"), true],
  ["every action", allow("*"), true],
  ["every action but this one", { Effect: "Allow", NotAction: "s3:Get*", Resource: "*" }, false],
  ["every action but another", { Effect: "Allow", NotAction: ["s3:Put*"], Resource: "*" }, true],
  ["every resource but this one", { Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::b/*" }, false],
  ["every resource but another", { Effect: "Allow", Action: "s3:*", NotResource: ["arn:aws:s3:::a/*"] }, true],
])("a statement about %s", (_, statement, allowed) => {
  expect(decisionOf([statement])).toBe(allowed ? "allowed" : "not allowed");
});

test("only a policy about everything allows what has no resource", () => {
  const request = { action: "s3:ListAllMyBuckets", resource: "*" };
  expect(decisionOf([allow("s3:*", "arn:aws:s3:::*")], request)).toBe("not allowed");
  expect(decisionOf([allow("s3:*", "*")], request)).toBe("allowed");
});

test("an explicit deny wins wherever it stands, and says where", () => {
  const policies = [
    parsePolicy("a", documentOf(allow("*"))),
    parsePolicy("b", documentOf(allow("s3:GetObject"), deny("s3:Get*"))),
  ];
  const access = { action: "s3:GetObject", resource: "arn:aws:s3:::b/k" };
  expect(decide(policies, access, {})).toEqual({ effect: "denied", by: { policy: "b", statement: 1 } });
  expect(decide([...policies].reverse(), access, {})).toEqual({ effect: "denied", by: { policy: "b", statement: 1 } });
});

test("a single statement needs no list", () => {
  const policy = parsePolicy("p", { Version: "2012-10-17", Statement: allow("*") });
  expect(decide([policy], { action: "a:B", resource: "*" }, {})).toEqual({
    effect: "allowed",
    by: { policy: "p", statement: 0 },
  });
});

describe("a policy is refused, by its name and all that is wrong with it, when it has", () => {
  test.each<[string, object, string]>([
    ["no version", { Statement: allow("*") }, "Version"],
    ["no statement", { Version: "2012-10-17", Statement: [] }, "Statement"],
    ["another effect", documentOf({ Effect: "allow", Action: "*", Resource: "*" }), "Effect"],
    ["an action without a service", documentOf(allow("GetObject")), "must be <service>:<action>"],
    ["a resource that is no ARN", documentOf(allow("*", "bucket")), "must be an ARN or *"],
    ["a principal", documentOf({ ...allow("*"), Principal: "*" }), "Principal"],
    ["actions and their opposite", documentOf({ ...allow("*"), NotAction: "*" }), "needs either Action or NotAction"],
    ["no resource", documentOf({ Effect: "Allow", Action: "*" }), "needs either Resource or NotResource"],
    [
      "a variable in a resource",
      documentOf(allow("*", "arn:aws:s3:::${aws:username}")),
      "policy variables are not known",
    ],
    [
      "an operator that is not known",
      documentOf({ ...allow("batch:*"), Condition: { IpAddress: { "aws:ResourceTag/a": "10.0.0.0/8" } } }),
      "the condition operator IpAddress is not known on this machine",
    ],
    [
      "a key that is not known",
      documentOf({ ...allow("batch:*"), Condition: { StringEquals: { "aws:SourceVpc": "v" } } }),
      "the condition key aws:SourceVpc is not known on this machine",
    ],
    [
      "a key that its requests do not carry",
      documentOf({ ...allow(["batch:*", "s3:*"]), Condition: { StringEquals: { "aws:ResourceTag/a": "v" } } }),
      "requests for s3:* do not carry the condition key aws:ResourceTag/a",
    ],
    [
      "a key that not all its requests carry",
      documentOf({ Effect: "Allow", NotAction: "s3:*", Resource: "*", Condition: { Bool: { "aws:TagKeys": "true" } } }),
      "requests for * do not carry the condition key aws:TagKeys",
    ],
    [
      "a key of several values without a word on which of them count",
      documentOf({ ...allow("batch:*"), Condition: { StringEquals: { "aws:TagKeys": "a" } } }),
      "ForAllValues: or ForAnyValue: must say which of them count",
    ],
    [
      "a number that is none",
      documentOf({ ...allow("batch:*"), Condition: { NumericLessThan: { "aws:ResourceTag/a": "few" } } }),
      '"few" is not a number',
    ],
    [
      "a variable in a condition",
      documentOf({ ...allow("batch:*"), Condition: { StringEquals: { "aws:ResourceTag/a": "${aws:userid}" } } }),
      "policy variables are not known",
    ],
  ])("%s", (_, document, problem) => {
    expect(() => parsePolicy("mine", document)).toThrow(/^policy mine: /);
    expect(() => parsePolicy("mine", document)).toThrow(problem);
  });
});

// A reference that is as plain as can be: patterns are tried by cutting them up, letter by letter.
function like(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === "*") return like(rest, text) || (text !== "" && like(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && like(rest, text.slice(1));
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 5 });
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Deny"),
  Action: fc.array(
    letters.filter((text) => text !== "").map((text) => `s:${text}`),
    { minLength: 1, maxLength: 3 },
  ),
  Resource: fc.array(
    letters.map((text) => `arn:a:b:c:d:${text}`),
    { minLength: 1, maxLength: 3 },
  ),
});
const plain = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 5 });
const access = fc.record({
  action: plain.map((text) => `s:${text}`),
  resource: plain.map((text) => `arn:a:b:c:d:${text}`),
});

test("property: the decision is the one that AWS describes, in whatever order statements stand", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5, minLength: 1 }), access, (statements, request) => {
      const about = statements.filter(
        ({ Action, Resource }) =>
          Action.some((pattern) => like(pattern, request.action)) &&
          Resource.some((pattern) => like(pattern, request.resource)),
      );
      const expected = about.some(({ Effect }) => Effect === "Deny")
        ? "denied"
        : about.length > 0
          ? "allowed"
          : "not allowed";
      expect(decisionOf(statements, request)).toBe(expected);
      expect(decisionOf([...statements].reverse(), request)).toBe(expected);
    }),
  );
});

test("property: NotAction and NotResource are about all that Action and Resource are not", () => {
  fc.assert(
    fc.property(statement, access, ({ Action, Resource }, request) => {
      const everything = { Effect: "Allow", Action: "*", Resource: "*" };
      const is = (parts: object) => decisionOf([{ ...everything, ...parts }], request) === "allowed";
      expect(is({ Action: undefined, NotAction: Action })).toBe(!is({ Action }));
      expect(is({ Resource: undefined, NotResource: Resource })).toBe(!is({ Resource }));
    }),
  );
});
