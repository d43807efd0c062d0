import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import * as z from "zod";
import { block, blocks, jsonText } from "./blocks.ts";
import { kind } from "./resource.ts";
import { type DeclaredFunction, declare, type StageContext } from "./stage-context.ts";

const arnOf = ({ region, accountId }: StageContext, name: string) =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

export const lambdaFunction = kind(
  z.object({
    function_name: z.string(),
    filename: z.string(),
    handler: z.string(),
    role: z.string(),
    runtime: z.string().regex(/^nodejs\d+\.x$/, "only Node.js functions run on this machine"),
    timeout: z.number().default(3),
    memory_size: z.number().default(128),
    reserved_concurrent_executions: z.number().optional(),
    environment: block(z.strictObject({ variables: z.record(z.string(), z.string()).default({}) })),
    logging_config: block(
      z.strictObject({
        log_group: z.string().optional(),
        log_format: z.literal("JSON"),
        application_log_level: z.string().optional(),
        system_log_level: z.string().optional(),
      }),
    ),
    tracing_config: block(z.strictObject({ mode: z.enum(["Active", "PassThrough"]) })),
  }),
  ["architectures", "description", "package_type", "publish", "source_code_hash"],
  (body, context, { directory }) => {
    const name = body.function_name;
    const arn = arnOf(context, name);
    const logLevel = body.logging_config?.application_log_level;
    const logGroup = body.logging_config?.log_group ?? `/aws/lambda/${name}`;
    const assumed = context.iam.assume(body.role, { service: "lambda.amazonaws.com", session: name });
    if (!assumed) throw new Error(`${name}: The role defined for the function cannot be assumed by Lambda.`);
    declare(context.declarations.functions, "functions", name, {
      spec: {
        name,
        arn,
        codeDirectory: unpack(join(directory, body.filename), context.directories.functions),
        handler: body.handler,
        environment: body.environment?.variables ?? {},
        runtimeVariables: context.serviceEndpoints,
        timeoutSeconds: body.timeout,
        memoryMib: body.memory_size,
        region: context.region,
        credentials: assumed.key,
        ...(logLevel !== undefined && { logLevel }),
        logFile: logFileOf(context, logGroup),
      },
      principal: assumed.principal,
      logGroup,
      traced: body.tracing_config?.mode === "Active",
      maximumConcurrency: body.reserved_concurrent_executions,
      permissions: [],
      asyncSettings: {},
    });
    return {
      arn,
      id: name,
      invoke_arn: `arn:aws:apigateway:${context.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    };
  },
);

/** The file that stands for a log group. */
export const logFileOf = ({ directories }: Pick<StageContext, "directories">, logGroup: string) =>
  join(directories.logs, `${logGroup.replace(/^\//, "")}.log`);

/** Unpacks a bundle once: the directory is named by its contents. */
function unpack(zipFile: string, directory: string): string {
  if (!existsSync(zipFile)) throw new Error(`${zipFile} is missing: run npm run build`);
  const zip = readFileSync(zipFile);
  const target = join(directory, createHash("sha256").update(zip).digest("hex").slice(0, 16));
  if (existsSync(target)) return target;
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  for (const [name, contents] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true });
    writeFileSync(join(fresh, name), contents);
  }
  renameSync(fresh, target);
  return target;
}

export const lambdaPermission = kind(
  z.object({ function_name: z.string(), principal: z.string(), action: z.string(), source_arn: z.string().optional() }),
  ["statement_id"],
  ({ function_name, principal, action, source_arn }, context, { address }) => {
    if (action === "lambda:InvokeFunction")
      declared(context, function_name).permissions.push({ principal, sourceArn: source_arn });
    return { id: address };
  },
);

export const lambdaFunctionEventInvokeConfig = kind(
  z.object({
    function_name: z.string(),
    maximum_retry_attempts: z.number().optional(),
    maximum_event_age_in_seconds: z.number().optional(),
    destination_config: block(z.strictObject({ on_failure: block(z.strictObject({ destination: z.string() })) })),
  }),
  [],
  (body, context, { address }) => {
    const destination = body.destination_config?.on_failure?.destination;
    declared(context, body.function_name).asyncSettings = {
      ...(body.maximum_retry_attempts !== undefined && { maximumRetryAttempts: body.maximum_retry_attempts }),
      ...(body.maximum_event_age_in_seconds !== undefined && {
        maximumEventAgeSeconds: body.maximum_event_age_in_seconds,
      }),
      ...(destination !== undefined && { onFailureArn: destination }),
    };
    return { id: address };
  },
);

export const lambdaEventSourceMapping = kind(
  z.object({
    event_source_arn: z.string().regex(/^arn:[^:]+:dynamodb:/, "only DynamoDB streams are mapped on this machine"),
    function_name: z.string(),
    enabled: z.boolean().default(true),
    batch_size: z.number().default(100),
    maximum_batching_window_in_seconds: z.number().default(0),
    starting_position: z.enum(["LATEST", "TRIM_HORIZON"]),
    filter_criteria: block(z.strictObject({ filter: blocks(z.strictObject({ pattern: jsonText })) })),
    maximum_retry_attempts: z.number().default(-1),
    maximum_record_age_in_seconds: z.number().default(-1),
    bisect_batch_on_function_error: z.boolean().default(false),
    function_response_types: z.array(z.literal("ReportBatchItemFailures")).default([]),
    parallelization_factor: z.number().default(1),
    destination_config: block(z.strictObject({ on_failure: block(z.strictObject({ destination_arn: z.string() })) })),
  }),
  [],
  (body, context, { stack, address }) => {
    if (body.enabled)
      context.declarations.mappings.push({
        id: `${stack}.${address}`,
        streamArn: body.event_source_arn,
        functionArn: declared(context, body.function_name).spec.arn,
        batchSize: body.batch_size,
        batchingWindowSeconds: body.maximum_batching_window_in_seconds,
        startingPosition: body.starting_position,
        filters: body.filter_criteria?.filter.map(({ pattern }) => pattern) ?? [],
        maximumRetryAttempts: body.maximum_retry_attempts,
        maximumRecordAgeSeconds: body.maximum_record_age_in_seconds,
        bisectOnError: body.bisect_batch_on_function_error,
        reportBatchItemFailures: body.function_response_types.length > 0,
        parallelizationFactor: body.parallelization_factor,
        onFailureArn: body.destination_config?.on_failure?.destination_arn,
      });
    return { id: address, uuid: address };
  },
);

/** Its attribute `result` is there for outputs alone: the function runs when every resource is made. */
export const lambdaInvocation = kind(
  z.object({
    function_name: z.string(),
    input: jsonText.pipe(z.record(z.string(), z.unknown())),
    lifecycle_scope: z.literal("CRUD", { error: "only invocations of scope CRUD are made on this machine" }),
    terraform_key: z.string().default("tf"),
    triggers: z.record(z.string(), z.string()).default({}),
  }),
  [],
  ({ function_name, input, terraform_key: terraformKey, triggers }, context, { stack, address }) => {
    const functionArn = declared(context, function_name).spec.arn;
    const id = `${stack}.${address}`;
    context.declarations.invocations.push({ id, functionArn, input, terraformKey, triggers });
    return { id };
  },
);

/** A function by its name or ARN, as Lambda takes either. */
function declared({ declarations }: StageContext, nameOrArn: string): DeclaredFunction {
  const name = nameOrArn.split(":").at(-1) ?? nameOrArn;
  const found = declarations.functions.get(name);
  if (!found) throw new Error(`${nameOrArn} is no function of this stage`);
  return found;
}
