import { readFile } from "node:fs/promises";
import { devNull } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "./bundle.ts";
import { alive, functionOf, until } from "./running-function.ts";

describe("a function", () => {
  test("gets the event and Lambda's context, and gives back its result", async () => {
    await using subject = await functionOf(`export const handler = async (event, context) => ({
      event, id: context.awsRequestId, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
      name: context.functionName, version: context.functionVersion, group: context.logGroupName,
      stream: context.logStreamName, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID })`);
    const result = await subject.fn.invoke({ text: "grüße", list: [1, null] });
    expect(result).toEqual({
      requestId: result.requestId,
      ok: true,
      payload: {
        event: { text: "grüße", list: [1, null] },
        id: result.requestId,
        arn: subject.fn.arn,
        memory: "256",
        name: "worker",
        version: "$LATEST",
        group: "/aws/lambda/worker",
        stream: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        remaining: expect.any(Number),
        trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
      },
    });
    const { remaining } = (result.ok ? result.payload : {}) as { remaining: number };
    expect(remaining).toBeGreaterThan(9_000);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  test("sees its own variables, Lambda's, and nothing of this process", async () => {
    process.env.A_DEVELOPERS_SECRET = "leak";
    try {
      await using subject = await functionOf("export const handler = async () => process.env", {
        environment: { TABLE: "jobs", AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" },
        credentials: { accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token" },
      });
      const result = await subject.fn.invoke({});
      expect(result.ok && result.payload).toEqual({
        TABLE: "jobs",
        AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
        PATH: process.env.PATH,
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        TZ: ":UTC",
        _HANDLER: "index.handler",
        _X_AMZN_TRACE_ID: expect.any(String),
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_SESSION_TOKEN: "token",
        AWS_EXECUTION_ENV: expect.stringMatching(/^AWS_Lambda_nodejs\d+\.x$/),
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
        AWS_LAMBDA_FUNCTION_NAME: "worker",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_LOG_FORMAT: "JSON",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/worker",
        AWS_LAMBDA_LOG_LEVEL: "INFO",
        AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
        AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        AWS_REGION: "eu-west-1",
        LAMBDA_TASK_ROOT: subject.folder,
      });
    } finally {
      delete process.env.A_DEVELOPERS_SECRET;
    }
  });

  test.each([
    ["an ES module in index.mjs", "index.mjs", "export const handler = async () => 'ran'"],
    ["CommonJS in index.js", "index.js", "exports.handler = async () => 'ran'"],
    [
      "CommonJS whose exports cannot be seen without running it",
      "index.cjs",
      "module.exports = Object.assign({}, { ['hand' + 'ler']: async () => 'ran' })",
    ],
  ])("may be %s", async (_name, file, source) => {
    await using subject = await functionOf(source, { file });
    expect(await subject.fn.invoke({})).toMatchObject({ ok: true, payload: "ran" });
  });

  test("that returns nothing answers null", async () => {
    await using subject = await functionOf("export const handler = async () => {}");
    expect(await subject.fn.invoke({})).toMatchObject({ ok: true, payload: null });
  });

  test("keeps its process, and with it its memory, from one event to the next, even after an error", async () => {
    await using subject = await functionOf(
      "let n = 0; export const handler = async (e) => { n += 1; if (e.fail) throw new Error('no'); return n }",
    );
    await subject.fn.invoke({});
    await subject.fn.invoke({ fail: true });
    expect(await subject.fn.invoke({})).toMatchObject({ ok: true, payload: 3 });
  });

  test("runs concurrent events in processes of their own, up to the limit; the rest wait their turn", async () => {
    await using subject = await functionOf(
      "let runs = 0; export const handler = async (e) => { runs += 1; await new Promise(r => setTimeout(r, e.ms)); return process.pid }",
      {},
      { maximumConcurrency: 2 },
    );
    const results = await Promise.all(Array.from({ length: 6 }, () => subject.fn.invoke({ ms: 20 })));
    const pids = new Set(results.map((result) => (result.ok ? result.payload : result.error)));
    expect(pids.size).toBe(2);
    expect(results.every((result) => result.ok)).toBe(true);
  });

  test("loses spare processes after the idle limit", async () => {
    await using subject = await functionOf("export const handler = async () => process.pid", {}, { idleSeconds: 0.05 });
    const first = await subject.fn.invoke({});
    const pid = first.ok ? Number(first.payload) : 0;
    expect(pid).toBeGreaterThan(0);
    await until(() => !alive(pid));
    const second = await subject.fn.invoke({});
    expect(second.ok && second.payload).not.toBe(pid);
  });

  test("writes console output as Lambda's JSON log lines to its file, and a report for each event", async () => {
    await using folder = await temporaryFolder();
    const logFile = join(folder.path, "logs", "worker.log");
    const subject = await functionOf(
      `console.info("starting"); export const handler = async () => {
        console.log("plain", 1); console.warn({ a: 1 }); console.error("went wrong:", new TypeError("x"));
        console.debug(new RangeError("y")); process.stdout.write("raw\\n"); }`,
      { logFile },
    );
    const { requestId } = await subject.fn.invoke({});
    await subject[Symbol.asyncDispose]();
    const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n");
    expect(lines.sort()).toEqual([...subject.lines].sort());
    const parsed = lines.filter((line) => line !== "raw").map((line) => JSON.parse(line));
    expect(lines).toContain("raw");
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(parsed).toEqual(
      expect.arrayContaining([
        { timestamp, level: "INFO", message: "starting" },
        { timestamp, level: "INFO", requestId, message: "plain 1" },
        { timestamp, level: "WARN", requestId, message: { a: 1 } },
        expect.objectContaining({ level: "ERROR", errorType: "TypeError", errorMessage: "x" }),
        expect.objectContaining({ level: "DEBUG", message: expect.objectContaining({ errorType: "RangeError" }) }),
        {
          time: timestamp,
          type: "platform.report",
          record: { requestId, metrics: { durationMs: expect.any(Number), memorySizeMB: 256 }, status: "success" },
        },
      ]),
    );
  });
});
