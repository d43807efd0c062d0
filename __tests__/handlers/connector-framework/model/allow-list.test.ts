import fc from "fast-check";
import { notAllowed, patterns } from "../../../../handlers/connector-framework/model/allow-list.ts";

const named = {
  execution_role_arn: "arn:aws:iam::123456789012:role/connectors/execution",
  job_role_arn: "arn:aws:iam::123456789012:role/connectors/job",
  image_uri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/crawlers/web:1",
};
const roles = ["arn:aws:iam::123456789012:role/connectors/*"];
const images = ["123456789012.dkr.ecr.eu-central-1.amazonaws.com/*"];

test("what the patterns match is allowed", () => {
  expect(notAllowed({ roles, images }, named)).toEqual([]);
});

test.each([
  ["execution_role_arn", "arn:aws:iam::123456789012:role/admin", roles],
  ["job_role_arn", "arn:aws:iam::999999999999:role/connectors/job", roles],
  ["job_role_arn", "arn:aws:iam::123456789012:role/other/role/connectors/job", roles],
  ["image_uri", "999999999999.dkr.ecr.eu-central-1.amazonaws.com/crawlers/web:1", images],
] as const)("%s %s is named with what it must match", (field, value, allowed) => {
  expect(notAllowed({ roles, images }, { ...named, [field]: value })).toEqual([`${field}: must match ${allowed[0]}`]);
});

test("all that is not allowed is told at once", () => {
  expect(notAllowed({ roles: ["a"], images: ["b", "c"] }, named)).toEqual([
    "execution_role_arn: must match a",
    "job_role_arn: must match a",
    "image_uri: must match b or c",
  ]);
});

test("a pattern matches as the regular expression with the same stars does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "*"), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (pattern, value) => {
      const escaped = pattern.split("*").map((part) => part.replace(/[./]/g, "\\$&"));
      const expected = new RegExp(`^${escaped.join(".*")}$`, "s").test(value);
      const allowed = notAllowed(
        { roles: [pattern], images: ["*"] },
        { ...named, execution_role_arn: value, job_role_arn: value },
      );
      expect(allowed.length === 0).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("patterns are written with spaces between them", () => {
  expect(patterns.parse("a/* b/*")).toEqual(["a/*", "b/*"]);
});
