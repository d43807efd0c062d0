import type { FunctionSpec } from "../../../local/functions/function-spec.ts";
import { alive, functionOf, until } from "./running-function.ts";

describe("a failing function", () => {
  test("that throws reports the error's type, message and stack", async () => {
    await using subject = await functionOf("export const handler = async () => { throw new TypeError('bad') }");
    const result = await subject.fn.invoke({});
    expect(result).toMatchObject({ ok: false, error: { errorType: "TypeError", errorMessage: "bad" } });
    expect(!result.ok && result.error.stackTrace?.[0]).toBe("TypeError: bad");
  });

  test("that runs longer than its timeout is killed, with Lambda's words, and runs again afterwards", async () => {
    await using subject = await functionOf(
      "export const handler = async (e) => { if (e.hang) for (;;); return process.pid }",
      { timeoutSeconds: 1 },
    );
    const before = await subject.fn.invoke({});
    const hung = await subject.fn.invoke({ hang: true });
    expect(hung).toMatchObject({
      ok: false,
      error: {
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${hung.requestId} Error: Task timed out after 1.00 seconds`,
      },
    });
    await until(() => !alive(before.ok ? Number(before.payload) : 0));
    expect(await subject.fn.invoke({})).toMatchObject({ ok: true });
  });

  test.each([
    ["process.exit(7)", "Runtime exited with error: exit status 7"],
    ["process.exit(0)", "Runtime exited without providing a reason"],
    ["process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"],
  ])("that ends by %s reports it and runs again afterwards", async (end, reason) => {
    await using subject = await functionOf(`export const handler = async (e) => { if (e.end) ${end}; return 'ran' }`);
    const ended = await subject.fn.invoke({ end: true });
    expect(ended).toMatchObject({
      ok: false,
      error: { errorType: "Runtime.ExitError", errorMessage: `RequestId: ${ended.requestId} Error: ${reason}` },
    });
    expect(await subject.fn.invoke({})).toMatchObject({ ok: true, payload: "ran" });
  });

  test("that needs more memory than it has ends", async () => {
    await using subject = await functionOf(
      "export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())) }",
      { memoryMib: 128 },
    );
    expect(await subject.fn.invoke({})).toMatchObject({ ok: false, error: { errorType: "Runtime.ExitError" } });
  });

  test.each([
    [
      "an unknown import",
      "import 'no-such-package'; export const handler = async () => 1",
      "Runtime.ImportModuleError",
      /Cannot find package 'no-such-package'/,
    ],
    ["a syntax error", "export const = 1", "Runtime.UserCodeSyntaxError", /^SyntaxError: /],
    [
      "no such export",
      "export const other = 1",
      "Runtime.HandlerNotFound",
      /index\.handler is undefined or not exported/,
    ],
    [
      "something else exported",
      "export const handler = 1",
      "Runtime.HandlerNotFound",
      /index\.handler is not a function/,
    ],
    [
      "a callback",
      "export const handler = (event, context, callback) => callback(null, 1)",
      "Runtime.CallbackHandlerDeprecated",
      /callback/,
    ],
    [
      "an error while loading",
      "throw new RangeError('while loading'); export const handler = 1",
      "RangeError",
      /while loading/,
    ],
  ])("with %s reports it for the event", async (_name, source, errorType, errorMessage) => {
    await using subject = await functionOf(source);
    for (let time = 0; time < 2; time += 1)
      expect(await subject.fn.invoke({})).toMatchObject({
        ok: false,
        error: { errorType, errorMessage: expect.stringMatching(errorMessage) },
      });
  });

  test("without its module reports it for the event", async () => {
    await using subject = await functionOf("", { handler: "other.handler" });
    expect(await subject.fn.invoke({})).toMatchObject({
      ok: false,
      error: { errorType: "Runtime.ImportModuleError", errorMessage: "Error: Cannot find module 'other'" },
    });
  });

  test("without its folder reports it for the event", async () => {
    await using subject = await functionOf("", { codeDirectory: "/no/such/folder" });
    expect(await subject.fn.invoke({})).toMatchObject({ ok: false, error: { errorType: "Runtime.InvalidEntrypoint" } });
  });

  test("with a rejection that nobody handles reports that", async () => {
    await using subject = await functionOf(
      "export const handler = async () => { Promise.reject(new Error('lost')); await new Promise(() => setInterval(() => {}, 1e6)) }",
    );
    expect(await subject.fn.invoke({})).toMatchObject({
      ok: false,
      error: { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" },
    });
  });

  test("with a result that is no JSON, or too large, reports that", async () => {
    await using subject = await functionOf(
      "export const handler = async (e) => e.large ? 'x'.repeat(6_291_556) : { big: 1n }",
    );
    expect(await subject.fn.invoke({})).toMatchObject({ ok: false, error: { errorType: "TypeError" } });
    expect(await subject.fn.invoke({ large: true })).toMatchObject({
      ok: false,
      error: { errorType: "Function.ResponseSizeTooLarge" },
    });
  });
});

describe("what Lambda refuses", () => {
  const withSpec = (overrides: Partial<FunctionSpec>) => async () => {
    await using subject = await functionOf("", overrides);
    await subject.fn.stop();
  };

  test("a reserved variable, all of them named", async () => {
    await expect(withSpec({ environment: { AWS_REGION: "x", TABLE: "t", _HANDLER: "y" } })()).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      message: expect.stringMatching(/Reserved keys used in this request: AWS_REGION, _HANDLER$/),
    });
  });

  test.each([
    ["a malformed variable name", { environment: { "A-B": "1" } }],
    ["more than 4 KB of variables", { environment: { TEXT: "x".repeat(4096) } }],
    ["a timeout over 900 s", { timeoutSeconds: 901 }],
    ["memory under 128 MiB", { memoryMib: 127 }],
  ])("%s", async (_name, overrides) => {
    await expect(withSpec(overrides)()).rejects.toMatchObject({ code: "InvalidParameterValueException" });
  });

  test("an event over 6 MB", async () => {
    await using subject = await functionOf("export const handler = async () => 1");
    await expect(subject.fn.invoke("x".repeat(6_291_556))).rejects.toMatchObject({
      code: "RequestEntityTooLargeException",
    });
  });
});
