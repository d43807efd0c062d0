import { startExecutionEnvironment } from "./execution-environment.ts";
import { createExecutionPool } from "./execution-pool.ts";
import { openFunctionLog } from "./function-log.ts";
import { checkFunctionSpec, type FunctionSpec } from "./function-spec.ts";
import type { Invocable } from "./invocation.ts";
import { maximumPayloadBytes } from "./runtime-api.ts";
import { functionStopped, LambdaServiceError } from "./service-error.ts";

/** A function of a stack, run by processes on this machine. */
export interface LocalFunction extends Invocable {
  readonly name: string;
  /** Ends its processes at once; events in flight are rejected as a service error, not as the function's. */
  stop(): Promise<void>;
}

export interface LocalFunctionOptions {
  /** Events run at the same time, each by a process of its own; further ones wait. @default 10 */
  readonly maximumConcurrency?: number;
  /** Seconds an unused process is kept warm. @default 300 */
  readonly idleSeconds?: number;
  /** Receives every log line, beside the log file. @default none */
  readonly echo?: (line: string) => void;
}

/**
 * Makes a function that starts its processes when they are first needed and keeps them warm.
 * @throws LambdaServiceError `InvalidParameterValueException` for a specification that Lambda would refuse
 */
export function createLocalFunction(spec: FunctionSpec, options: LocalFunctionOptions = {}): LocalFunction {
  checkFunctionSpec(spec);
  const log = openFunctionLog(spec.logFile, options.echo);
  const pool = createExecutionPool({
    start: () => startExecutionEnvironment(spec, log),
    stopped: () => functionStopped(spec.name),
    maximumConcurrency: options.maximumConcurrency ?? 10,
    idleMilliseconds: (options.idleSeconds ?? 300) * 1000,
  });
  return {
    name: spec.name,
    arn: spec.arn,
    timeoutSeconds: spec.timeoutSeconds,
    async invoke(event) {
      const body = JSON.stringify(event) ?? "null";
      const bytes = Buffer.byteLength(body);
      if (bytes > maximumPayloadBytes)
        throw new LambdaServiceError(
          "RequestEntityTooLargeException",
          `${bytes} byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)`,
        );
      return pool.use((environment) => environment.invoke(body));
    },
    async stop() {
      await pool.stop();
      await log.close();
    },
  };
}
