import { childEnvironment } from "../../../local/functions/child-environment.ts";
import { checkFunctionSpec, type FunctionSpec } from "../../../local/functions/function-spec.ts";

const spec: FunctionSpec = {
  name: "sized",
  arn: "arn:aws:lambda:eu-west-1:000000000000:function:sized",
  codeDirectory: "/code",
  handler: "index.handler",
  environment: {},
  timeoutSeconds: 3,
  memoryMib: 128,
  region: "eu-west-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};
// {"TEXT":"…"} is 11 bytes around its text.
const ofBytes = (bytes: number) => ({ TEXT: "x".repeat(bytes - 11) });

test("a function's own variables may have 4096 bytes, whatever the runtime adds", () => {
  const runtimeVariables = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", MORE: "x".repeat(5000) };
  expect(() => checkFunctionSpec({ ...spec, environment: ofBytes(4096), runtimeVariables })).not.toThrow();
  expect(() => checkFunctionSpec({ ...spec, environment: ofBytes(4097), runtimeVariables })).toThrow(
    "exceeded the 4KB limit. String measured: 4097 bytes",
  );
});

test("the runtime's variables win over the function's own, and Lambda's over both", () => {
  const environment = { OWN: "own", AWS_ENDPOINT_URL: "https://elsewhere.example" };
  const runtimeVariables = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "us-east-1" };
  const child = childEnvironment({ ...spec, environment, runtimeVariables }, "127.0.0.1:2", "stream");
  expect(child).toMatchObject({ OWN: "own", AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1" });
});
