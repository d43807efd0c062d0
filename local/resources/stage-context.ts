import type { BatchClient } from "@aws-sdk/client-batch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { FunctionSpec } from "../functions/function-spec.ts";

/** A function, and what other resources say about how it is invoked. */
export interface DeclaredFunction {
  readonly spec: FunctionSpec;
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

/** The credentials of everything that runs on the local stage. Signatures are verified with them. */
export const localCredentials = { accessKeyId: "local", secretAccessKey: "local" } as const;
