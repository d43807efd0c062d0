// The runtime of a local function: loads the bundle, then takes one event after another from the Runtime API.
import { type Handler, HandlerLoadError, loadHandler } from "./handler-loader.ts";
import { installJsonConsole, logLine } from "./json-console.ts";
import { createRuntimeClient, type NextInvocation, type RuntimeError } from "./runtime-client.ts";

let running: NextInvocation | undefined;
installJsonConsole(() => running?.requestId);
const client = createRuntimeClient(variable("AWS_LAMBDA_RUNTIME_API"));
process.on("unhandledRejection", (reason) => crash("Runtime.UnhandledPromiseRejection", reason, 128));
process.on("uncaughtException", (error) => crash(undefined, error, 129));

const handler = await load();
for (;;) {
  running = await client.next();
  process.env._X_AMZN_TRACE_ID = running.traceId;
  await run(handler, running);
  running = undefined;
}

async function load(): Promise<Handler> {
  try {
    return await loadHandler(variable("LAMBDA_TASK_ROOT"), variable("_HANDLER"));
  } catch (error) {
    const reported = describe(error);
    process.stderr.write(`${logLine("ERROR", undefined, [reported])}\n`);
    await client.failInit(reported);
    process.exit(1);
  }
}

async function run(handle: Handler, invocation: NextInvocation): Promise<void> {
  let json: string;
  try {
    const result = await handle(invocation.event, context(invocation));
    json = JSON.stringify(result) ?? "null";
  } catch (error) {
    const reported = describe(error);
    process.stderr.write(`${logLine("ERROR", invocation.requestId, [reported])}\n`);
    await client.fail(invocation.requestId, reported);
    return;
  }
  await client.respond(invocation.requestId, json);
}

/** The context object (AWS: "Using the Lambda context object to retrieve Node.js function information"). */
function context({ requestId, deadlineMs, functionArn }: NextInvocation) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable("AWS_LAMBDA_FUNCTION_NAME"),
    functionVersion: variable("AWS_LAMBDA_FUNCTION_VERSION"),
    invokedFunctionArn: functionArn,
    logGroupName: variable("AWS_LAMBDA_LOG_GROUP_NAME"),
    logStreamName: variable("AWS_LAMBDA_LOG_STREAM_NAME"),
    memoryLimitInMB: variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function crash(errorType: string | undefined, thrown: unknown, exitCode: number): Promise<never> {
  const described = describe(thrown);
  const reported =
    errorType === undefined
      ? described
      : { ...described, errorType, errorMessage: `${described.errorType}: ${described.errorMessage}` };
  process.stderr.write(`${logLine("ERROR", running?.requestId, [reported])}\n`);
  try {
    if (running) await client.fail(running.requestId, reported);
  } finally {
    process.exit(exitCode);
  }
}

function describe(thrown: unknown): RuntimeError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  const cause = thrown instanceof HandlerLoadError && thrown.cause instanceof Error ? thrown.cause : thrown;
  return { errorType: thrown.name, errorMessage: thrown.message, trace: cause.stack?.split("\n") ?? [] };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this file runs under a Lambda Runtime API only`);
  return value;
}
