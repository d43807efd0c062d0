import type { FunctionSpec } from "../functions/function-spec.ts";
import type { Iam } from "../iam/index.ts";
import type { Principal } from "../iam/principal.ts";

/** A function, and what other resources say about how it is invoked. */
export interface DeclaredFunction {
  readonly spec: FunctionSpec;
  /** What it is once it has taken on its role. */
  readonly principal: Principal;
  readonly logGroup: string;
  /** Whether Lambda writes traces for it. */
  readonly traced: boolean;
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

/** An invocation that belongs to a stack like a resource: the function makes something, changes it, removes it. */
export interface DeclaredInvocation {
  /** Unique among all stacks. */
  readonly id: string;
  readonly functionArn: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The member of the event that tells what to do with the input. */
  readonly terraformKey: string;
  /** Anything: when it changes, what was made is removed and made anew. */
  readonly triggers: Readonly<Record<string, string>>;
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

/** What a stage's stacks declare beyond what the services hold, in the words of the resources. */
export interface Declarations {
  readonly functions: Map<string, DeclaredFunction>;
  readonly mappings: DeclaredMapping[];
  readonly invocations: DeclaredInvocation[];
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
  readonly iam: Iam;
  readonly directories: { readonly functions: string; readonly logs: string };
  /** Variables the runtime adds to a function's own: where the services are. */
  readonly serviceEndpoints: Readonly<Record<string, string>>;
  readonly declarations: Declarations;
}
