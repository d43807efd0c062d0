import type { BatchClient } from "@aws-sdk/client-batch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { FunctionSpec } from "../functions/function-spec.ts";

/** A function, and what other resources say about how it is invoked. */
export interface DeclaredFunction {
  readonly spec: FunctionSpec;
  /** Events it may run at the same time; undefined leaves that to the runtime. */
  readonly maximumConcurrency: number | undefined;
  /** Who may invoke it, as its resource policy says. */
  readonly permissions: Permission[];
  asyncSettings: AsyncSettings;
}

export interface Permission {
  /** Service principal: `apigateway.amazonaws.com`, `events.amazonaws.com`. */
  readonly principal: string;
  /** ARN of the invoker, with `*` and `?`; none means any. */
  readonly sourceArn: string | undefined;
}

export interface AsyncSettings {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeSeconds?: number;
  /** ARN of the queue that gets the record of an event given up. */
  readonly onFailureArn?: string;
}

export interface DeclaredRule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: unknown;
  readonly enabled: boolean;
  readonly targets: { readonly id: string; readonly arn: string }[];
}

export interface DeclaredMapping {
  /** Unique among all stacks. */
  readonly id: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly startingPosition: "LATEST" | "TRIM_HORIZON";
  readonly filters: readonly unknown[];
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
  readonly bisectOnError: boolean;
  readonly reportBatchItemFailures: boolean;
  readonly parallelizationFactor: number;
  readonly onFailureArn: string | undefined;
}

export interface DeclaredApi {
  readonly id: string;
  readonly executionArn: string;
  readonly document: unknown;
  readonly binaryMediaTypes: readonly string[] | undefined;
  stage: DeclaredStage | undefined;
}

export interface DeclaredStage {
  readonly name: string;
  readonly accessLog: { readonly logGroup: string; readonly format: string } | undefined;
  throttle: { readonly rateLimit: number; readonly burstLimit: number } | undefined;
}

/** What a stage's stacks declare beyond what the embedded services hold, in the words of the resources. */
export interface Declarations {
  readonly functions: Map<string, DeclaredFunction>;
  readonly rules: Map<string, DeclaredRule>;
  readonly mappings: DeclaredMapping[];
  readonly apis: Map<string, DeclaredApi>;
}

/**
 * Enters what a resource declares under its name.
 *
 * @throws Error when the name is taken: AWS would refuse the second, too
 */
export function declare<Declared>(into: Map<string, Declared>, what: string, name: string, declared: Declared): void {
  if (into.has(name)) throw new Error(`there are two ${what} named ${name}`);
  into.set(name, declared);
}

/** What resources are made with. */
export interface StageContext {
  readonly region: string;
  readonly accountId: string;
  /** `<project>-local-`: left out of names that people read in URLs. */
  readonly namePrefix: string;
  /** URL of the stage's own server, without a slash at the end. */
  readonly url: string;
  readonly directories: { readonly functions: string; readonly logs: string };
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly batch: BatchClient;
  /** Variables the runtime adds to a function's own: where the services are. */
  readonly serviceEndpoints: Readonly<Record<string, string>>;
  readonly declarations: Declarations;
}
