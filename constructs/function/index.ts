import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { FunctionEnvironments } from "../../handlers/environments.ts";
import { Alarm, type Metric } from "../alarm/index.ts";
import { LogGroup } from "../log-group/index.ts";
import type { Sender } from "../policy/index.ts";
import type { DeadLetterQueue } from "../queue/index.ts";
import { type Grantee, Role } from "../role/index.ts";
import { StreamConsumer, type StreamConsumerProps } from "../stream-consumer/index.ts";
import { idBecauseOf, nameFor, systemOf } from "../system-stack/index.ts";
import type { TableStream } from "../table/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";
import { findBundle } from "./bundle.ts";
import { variableProblems } from "./variables.ts";

export type FunctionMetric =
  | "ConcurrentExecutions"
  | "Duration"
  | "Errors"
  | "Invocations"
  | "IteratorAge"
  | "Throttles";

/** Failures among a function's invocations that someone has to look at, in percent. */
const failingPercent = 5;

/** Every function there is, by its folder under `handlers/`. */
export type FunctionName = keyof FunctionEnvironments;

export interface NodeFunctionProps<Name extends FunctionName> {
  /** Its folder under `handlers/`, for example `connector-framework/api`. */
  readonly handler: Name;
  /** What it does, in a sentence. At most 256 characters (AWS Lambda: CreateFunction). */
  readonly description: string;
  /** The variables the handler declares: no more, no less. */
  readonly environment: FunctionEnvironments[Name];
  /** Seconds one invocation may take, 1 to 900. */
  readonly timeoutSeconds: number;
  /** MiB, 128 to 10 240; CPU grows with it. @default 512 */
  readonly memoryMib?: number;
  /** Invocations at one time, kept free for this function and never exceeded. @default as many as the account allows */
  readonly reservedConcurrency?: number;
  /** Where events go that an asynchronous invocation gave up on. @default none: it is not invoked asynchronously */
  readonly onFailure?: DeadLetterQueue;
  /** Further tries of a failed asynchronous invocation, 0 to 2. @default 2 */
  readonly maxAsyncRetries?: number;
}

/**
 * A Lambda function from `handlers/`: Node.js on arm64, JSON logs in a group of its own, traced, with alarms for errors
 * and throttles. It may write its logs and traces; everything else is granted.
 *
 * @throws SynthesisError naming each prop that breaks a rule, or the bundle that is missing
 */
export class NodeFunction<Name extends FunctionName = FunctionName> extends Construct implements Grantee {
  readonly role: Role;
  readonly logs: LogGroup;
  readonly bundle: TerraformAsset;
  readonly resource: LambdaFunction;
  readonly asynchronous: LambdaFunctionEventInvokeConfig | undefined;
  readonly errors: Alarm;
  readonly throttles: Alarm;
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Name>) {
    super(scope, id);
    const { handler, description, environment, timeoutSeconds, memoryMib = 512 } = props;
    const { reservedConcurrency, onFailure, maxAsyncRetries = 2 } = props;
    const variables: Readonly<Record<string, unknown>> = { ...environment, NODE_OPTIONS: "--enable-source-maps" };
    checkProps(this, [
      [description.length > 256, `description has ${description.length} characters, but may have 256`],
      wholeNumber("timeoutSeconds", timeoutSeconds, 1, 900),
      wholeNumber("memoryMib", memoryMib, 128, 10_240),
      wholeNumber("reservedConcurrency", reservedConcurrency, 0, 1000),
      wholeNumber("maxAsyncRetries", maxAsyncRetries, 0, 2),
      [props.maxAsyncRetries !== undefined && !onFailure, "maxAsyncRetries is set, but onFailure is not"],
      ...variableProblems(variables),
    ]);
    const system = systemOf(this);
    const name = nameFor("function", this);
    const { path, sha256 } = findBundle(system.bundles, handler);

    this.role = new Role(this, "Role", { assumedBy: "lambda.amazonaws.com", description: `Of function ${name}` });
    this.logs = new LogGroup(this, "Logs", { service: "lambda", of: this });
    this.bundle = new TerraformAsset(this, "Bundle", { path, type: AssetType.FILE });
    this.timeoutSeconds = timeoutSeconds;
    this.resource = new LambdaFunction(this, "Resource", {
      functionName: name,
      description,
      filename: this.bundle.path,
      sourceCodeHash: sha256,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      role: this.role.arn,
      timeout: timeoutSeconds,
      memorySize: memoryMib,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      environment: { variables: textOf(variables) },
      loggingConfig: {
        logGroup: this.logs.name,
        logFormat: "JSON",
        applicationLogLevel: system.environment.logLevel,
        systemLogLevel: "WARN",
      },
      tracingConfig: { mode: "Active" },
      dependsOn: [this.logs.grantWrite(this), grantTraces(this)],
    });
    this.asynchronous = onFailure && this.#giveUpTo(onFailure, maxAsyncRetries);
    this.errors = new Alarm(this, "Errors", {
      metric: { part: this.metric("Errors", "Sum"), of: this.metric("Invocations", "Sum") },
      atLeast: failingPercent,
      description: `At least ${failingPercent} % of the invocations of ${name} fail. Its log group says why.`,
      runbook: "function-errors",
    });
    this.throttles = new Alarm(this, "Throttles", {
      metric: this.metric("Throttles", "Sum"),
      atLeast: 1,
      description: `Invocations of ${name} are refused: too many run.`,
      runbook: "function-throttles",
    });
  }

  get name(): string {
    return this.resource.functionName;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** One of the metrics Lambda keeps of it (AWS Lambda: Types of metrics for Lambda functions). */
  metric(name: FunctionMetric, statistic: Metric["statistic"]): Metric {
    return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: this.name }, statistic };
  }

  /** Where API Gateway invokes it. */
  get invokeArn(): string {
    return this.resource.invokeArn;
  }

  /**
   * lambda:InvokeFunction for a service, on behalf of one source only, for a building block that has it invoked.
   *
   * @throws SynthesisError when the block may have it invoked already
   */
  allowInvocationBy(block: Construct, { service, sourceArn }: Sender): LambdaPermission {
    return new LambdaPermission(this, idBecauseOf(this, "InvokeBy", block), {
      functionName: this.name,
      action: "lambda:InvokeFunction",
      principal: service,
      sourceArn,
    });
  }

  /**
   * Invokes the function with the changes of a table, in their order for each item.
   *
   * @throws SynthesisError when it consumes them already
   */
  consume(stream: TableStream, props: StreamConsumerProps): StreamConsumer {
    return new StreamConsumer(this, idBecauseOf(this, "Consume", stream.table), this, stream, props);
  }

  #giveUpTo(onFailure: DeadLetterQueue, maxRetries: number) {
    return new LambdaFunctionEventInvokeConfig(this, "Asynchronous", {
      functionName: this.name,
      maximumRetryAttempts: maxRetries,
      destinationConfig: { onFailure: { destination: onFailure.arn } },
      dependsOn: [onFailure.grantSend(this)],
    });
  }
}

/** Traces have no resource-level permission (Service Authorization Reference: AWS X-Ray). */
const grantTraces = ({ role }: Grantee) =>
  role.grant(
    { verb: "WriteTraces" },
    { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
  );

/** Variables that are text; `variableProblems` has refused any other. */
const textOf = (variables: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
