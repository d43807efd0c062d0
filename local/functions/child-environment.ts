import type { FunctionSpec } from "./function-spec.ts";

/**
 * The whole environment of a function's process: its own variables, those Lambda sets, and PATH. Nothing else of the
 * developer's shell: a handler that needs a variable its stack forgets must fail here as it would on AWS.
 * @param runtimeApi host:port of the Runtime API
 */
export function childEnvironment(spec: FunctionSpec, runtimeApi: string, logStreamName: string): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey, sessionToken } = spec.credentials;
  return {
    ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
    TZ: ":UTC",
    ...spec.environment,
    ...spec.runtimeVariables,
    _HANDLER: spec.handler,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split(".", 1)[0]}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMib),
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_LEVEL: spec.logLevel ?? "INFO",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: spec.region,
    LAMBDA_TASK_ROOT: spec.codeDirectory,
  };
}
