import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { noAwsConfiguration } from "../processes/aws-configuration.ts";
import { killWithParent } from "../processes/parent-watch.ts";
import { signalGroup } from "../processes/process-group.ts";
import { childEnvironment } from "./child-environment.ts";
import type { FunctionLog } from "./function-log.ts";
import type { FunctionSpec } from "./function-spec.ts";
import type { FunctionError, InvocationResult } from "./invocation.ts";
import { type Outcome, startRuntimeApi } from "./runtime-api.ts";
import { functionStopped } from "./service-error.ts";

/** One process that runs a function's events, one after another. Unlike on Lambda it is not frozen in between. */
export interface ExecutionEnvironment {
  /** False once the process has ended or is being ended. */
  readonly alive: boolean;
  /** Resolves when the process and its sockets are gone. */
  readonly gone: Promise<void>;
  /** Runs one event, given as JSON text. @throws LambdaServiceError only when stopped meanwhile */
  invoke(body: string): Promise<InvocationResult>;
  stop(): Promise<void>;
}

/**
 * Seconds a process may take to start, on top of the function's timeout. Lambda gives up after 10 s and starts again
 * inside the invocation, under its timeout (AWS: "Understanding the Lambda execution environment lifecycle").
 */
const initSeconds = 10;
const bootstrap = join(import.meta.dirname, "runtime", "bootstrap.ts");

/** Starts a process for the function, which loads the bundle at once and then waits for events. */
export async function startExecutionEnvironment(spec: FunctionSpec, log: FunctionLog): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi();
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomBytes(16).toString("hex")}`;
  const child = spawn(process.execPath, [`--max-old-space-size=${spec.memoryMib}`, bootstrap], {
    cwd: spec.codeDirectory,
    env: { ...noAwsConfiguration, ...childEnvironment(spec, api.address, logStream) },
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group: Ctrl-C reaches this process alone, which then stops the children in order, and what a
    // handler has started ends with it.
    detached: true,
  });
  let alive = true;
  let stopping = false;
  /** Why the process takes no more events, once it does not. */
  let end: FunctionError | undefined;
  let settle: ((outcome: Outcome) => void) | undefined;
  const endWith = (error: FunctionError) => {
    alive = false;
    end ??= error;
    settle?.({ ok: false, error: end });
  };
  const kill = () => {
    alive = false;
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  };
  for (const output of [child.stdout, child.stderr]) if (output) copyLines(output, log);
  void api.initError.then(endWith);
  child.on("error", (error) => endWith({ errorType: "Runtime.InvalidEntrypoint", errorMessage: error.message }));
  child.once("exit", (code, signal) => endWith(exitError(code, signal)));
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  // A process that could not be created has nothing to watch; its error is reported when it is invoked.
  const watching = child.pid === undefined ? Promise.resolve(undefined) : killWithParent(child.pid);
  const watch = await watching.catch(async (error: unknown) => {
    kill();
    await closed;
    await api.close();
    throw error;
  });
  const gone = closed.then(async () => {
    await watch?.dismiss();
    await api.close();
  });

  return {
    gone,
    get alive() {
      return alive;
    },
    async invoke(body) {
      const requestId = randomUUID();
      const timeout = startTimeout(spec.timeoutSeconds, () => {
        kill();
        endWith({
          errorType: "Sandbox.Timedout",
          errorMessage: `Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`,
        });
      });
      const startedAt = Date.now();
      const outcome = await new Promise<Outcome>((resolve) => {
        settle = resolve;
        if (end) resolve({ ok: false, error: end });
        const invocation = { requestId, traceId: newTraceId(), functionArn: spec.arn, body, start: timeout.restart };
        void api.deliver(invocation).then(resolve);
      });
      settle = undefined;
      timeout.clear();
      if (stopping && !outcome.ok) throw functionStopped(spec.name);
      log.write(reportLine(requestId, Date.now() - startedAt, spec.memoryMib, outcome));
      if (outcome.ok) return { requestId, ok: true, payload: outcome.payload };
      return { requestId, ok: false, error: withRequestId(outcome.error, requestId) };
    },
    async stop() {
      stopping = true;
      kill();
      await gone;
    },
  };
}

function exitError(code: number | null, signal: NodeJS.Signals | null): FunctionError {
  const errorType = "Runtime.ExitError";
  if (signal === "SIGKILL") return { errorType, errorMessage: "Runtime exited with error: signal: killed" };
  if (signal === "SIGABRT") return { errorType, errorMessage: "Runtime exited with error: signal: aborted" };
  if (signal !== null) return { errorType, errorMessage: `Runtime exited with error: signal: ${signal}` };
  if (code === 0) return { errorType, errorMessage: "Runtime exited without providing a reason" };
  return { errorType, errorMessage: `Runtime exited with error: exit status ${code}` };
}

/** What the sandbox, not the function, reports names the request, as on Lambda. */
function withRequestId(error: FunctionError, requestId: string): FunctionError {
  if (error.errorType !== "Runtime.ExitError" && error.errorType !== "Sandbox.Timedout") return error;
  return { ...error, errorMessage: `RequestId: ${requestId} Error: ${error.errorMessage}` };
}

/** Counts the time to start first and then, from `restart`, the function's own time. */
function startTimeout(seconds: number, elapsed: () => void) {
  let timer = setTimeout(elapsed, (initSeconds + seconds) * 1000);
  return {
    restart: () => {
      clearTimeout(timer);
      timer = setTimeout(elapsed, seconds * 1000);
      return Date.now() + seconds * 1000;
    },
    clear: () => clearTimeout(timer),
  };
}

/** The report Lambda writes after each invocation (AWS: "Telemetry API Event schema reference", platform.report). */
function reportLine(requestId: string, durationMs: number, memorySizeMB: number, outcome: Outcome): string {
  const status = outcome.ok ? "success" : outcome.error.errorType === "Sandbox.Timedout" ? "timeout" : "error";
  return JSON.stringify({
    time: new Date().toISOString(),
    type: "platform.report",
    record: {
      requestId,
      metrics: { durationMs, memorySizeMB },
      status,
      ...(outcome.ok ? {} : { errorType: outcome.error.errorType }),
    },
  });
}

function copyLines(output: Readable, log: FunctionLog): void {
  createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => log.write(line));
}

/** An X-Ray header of an unsampled trace (AWS X-Ray: "Tracing header"). */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
