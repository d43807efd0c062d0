import { isOwnName } from "../../../local/signatures/own-names.ts";

test.each(["127.0.0.1", "127.0.0.1:4500", "localhost", "localhost:1", "LocalHost:65535"])(
  "%s is a server's own name",
  (host) => {
    expect(isOwnName(host)).toBe(true);
  },
);

test.each([
  undefined,
  "",
  ":4500",
  "evil.example",
  "evil.example:4500",
  "127.0.0.1.evil.example",
  "localhost.evil.example:4500",
  "sqs.eu-west-1.localhost",
  "evil.example#127.0.0.1",
  "127.0.0.1:4500:4500",
  "0.0.0.0",
  "127.0.0.2",
  "localhost:",
])("%s is not", (host) => {
  expect(isOwnName(host)).toBe(false);
});
