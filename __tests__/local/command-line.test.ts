import { resolve } from "node:path";
import { readCommandLine } from "../../local/command-line.ts";

test("without a word everything has its default", () => {
  expect(readCommandLine([], {})).toEqual({
    port: 4500,
    fresh: false,
    dataDirectory: resolve(".local"),
    stacksDirectory: undefined,
    images: new Map(),
    awsEndpoint: undefined,
  });
});

test("every option lands where it belongs", () => {
  const args = [
    "--fresh",
    "--data",
    "here",
    "--stacks",
    "there",
    "--image",
    "repo/a:1=node a.mjs --x=1",
    "--image",
    "b=c",
  ];
  expect(readCommandLine(args, { PORT: "0", AWS_ENDPOINT_URL: "http://127.0.0.1:5000" })).toEqual({
    port: 0,
    fresh: true,
    dataDirectory: resolve("here"),
    stacksDirectory: resolve("there"),
    images: new Map([
      ["repo/a:1", ["node", "a.mjs", "--x=1"]],
      ["b", ["c"]],
    ]),
    awsEndpoint: "http://127.0.0.1:5000",
  });
});

test("help is asked for by itself", () => {
  expect(readCommandLine(["--help"], {})).toBe("help");
});

test.each([
  [["--frehs"], {}, "Unknown option '--frehs'"],
  [["--image", "no-command"], {}, "--image no-command: must be <uri>=<command>"],
  [[], { PORT: "http" }, "PORT is http: a whole number from 0 to 65535"],
  [[], { PORT: "70000" }, "PORT is 70000"],
  [[], { AWS_ENDPOINT_URL: "moto" }, "AWS_ENDPOINT_URL is moto: must be an http or https URL"],
])("fails when told %j %j", (args, environment, message) => {
  expect(() => readCommandLine(args, environment)).toThrow(message);
});
