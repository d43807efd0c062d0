import { stringLike } from "../../local/string-like.ts";

test.each([
  ["arn:aws:execute-api:eu-central-1:1:api/*/*", "arn:aws:execute-api:eu-central-1:1:api/prod/GET/a/b", true],
  ["arn:aws:execute-api:eu-central-1:1:api/*/*", "arn:aws:execute-api:eu-central-1:1:other/prod/GET", false],
  ["rule/a?c", "rule/abc", true],
  ["rule/a?c", "rule/ac", false],
  ["a.c", "abc", false],
  ["a+b(c)[d]", "a+b(c)[d]", true],
  ["", "", true],
  ["*", "several\nlines", true],
])("%j against %j: %s", (pattern, text, expected) => {
  expect(stringLike(pattern, text)).toBe(expected);
});
