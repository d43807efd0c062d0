import { LambdaServiceError } from "./service-error.ts";

/** Credentials a function's SDK clients sign with. */
export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A Lambda function as a stack describes it, its bundle unpacked on disk. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The unpacked zip: what Lambda mounts at /var/task. */
  readonly codeDirectory: string;
  /** `<module>.<export>`, for example `index.handler`. */
  readonly handler: string;
  /** The variables the stack gives it; Lambda's limits hold for these. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables the runtime adds, which win over the function's own. @default none */
  readonly runtimeVariables?: Readonly<Record<string, string>>;
  /** Seconds, 1 to 900. */
  readonly timeoutSeconds: number;
  /** MiB, 128 to 10,240. Locally the limit of V8's old space only. */
  readonly memoryMib: number;
  readonly region: string;
  readonly credentials: FunctionCredentials;
  /** Least severe line the function should log, for loggers that ask. @default Lambda's: INFO */
  readonly logLevel?: string;
  /** File that the log lines are appended to. @default none */
  readonly logFile?: string;
}

/** AWS: "Working with Lambda environment variables", defined runtime environment variables marked as reserved. */
const reservedVariables: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** Bytes of all names and values together (AWS: "Lambda quotas"). */
const maximumEnvironmentBytes = 4096;

/**
 * Refuses what CreateFunction refuses: limits out of range, reserved or malformed variables.
 * @throws LambdaServiceError `InvalidParameterValueException`, naming every offender of the first broken rule
 */
export function checkFunctionSpec(spec: FunctionSpec): void {
  const invalid = (message: string): never => {
    throw new LambdaServiceError("InvalidParameterValueException", message);
  };
  if (!Number.isInteger(spec.timeoutSeconds) || spec.timeoutSeconds < 1 || spec.timeoutSeconds > 900)
    invalid(`${spec.name}: timeout is ${spec.timeoutSeconds} s: a whole number from 1 to 900`);
  if (!Number.isInteger(spec.memoryMib) || spec.memoryMib < 128 || spec.memoryMib > 10_240)
    invalid(`${spec.name}: memory is ${spec.memoryMib} MiB: a whole number from 128 to 10240`);
  const names = Object.keys(spec.environment);
  const reserved = names.filter((name) => reservedVariables.has(name));
  if (reserved.length > 0)
    invalid(
      "Lambda was unable to configure your environment variables because the environment variables you have provided " +
        "contains reserved keys that are currently not supported for modification. " +
        `Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  const malformed = names.filter((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (malformed.length > 0)
    invalid(`${spec.name}: environment variable names must match [a-zA-Z]([a-zA-Z0-9_])+: ${malformed.join(", ")}`);
  const bytes = Buffer.byteLength(JSON.stringify(spec.environment));
  if (bytes > maximumEnvironmentBytes)
    invalid(
      "Lambda was unable to configure your environment variables because the environment variables you have provided " +
        `exceeded the 4KB limit. String measured: ${bytes} bytes`,
    );
}
