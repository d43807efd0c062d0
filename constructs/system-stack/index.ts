import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment, StageFacts } from "../../environments/schema.ts";
import { kebabCase, type NamedKind, physicalName } from "../naming/index.ts";
import { SynthesisError } from "../validation/index.ts";

export interface SystemStackProps {
  /** The stage's values. */
  readonly environment: Environment;
  /** Folder of the functions' bundles: `<system>/<function>.zip` each. */
  readonly bundles: string;
}

/**
 * One system on one stage: a stack `<stage>-<system>` with its provider, its state and the names of what is in it.
 * Building blocks find it through `systemOf`.
 */
export class SystemStack extends TerraformStack {
  /** What holds for the whole stage. What a stage decides for one system reaches building blocks as their props. */
  readonly environment: StageFacts;
  readonly system: string;
  readonly bundles: string;
  readonly provider: AwsProvider;

  constructor(scope: Construct, system: string, { environment, bundles }: SystemStackProps) {
    super(scope, `${environment.stage}-${system}`);
    this.environment = environment;
    this.system = system;
    this.bundles = bundles;
    const { region, accountId, stage, project, tags } = environment;
    this.provider = new AwsProvider(this, "aws", {
      region,
      allowedAccountIds: [accountId],
      defaultTags: [{ tags: { ...tags, project, stage, system, "managed-by": "terraform" } }],
    });
    this.addOverride("terraform.required_version", ">= 1.10");
    this.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: "~> 6.25" });
    addBackend(this);
  }

  /** The physical name of a thing in this system. */
  nameOf(kind: NamedKind, thing: string): string {
    const { project, stage } = this.environment;
    return physicalName(kind, [project, stage, this.system, ...(thing ? [thing] : [])]);
  }

  /** An ARN in this stack's account and region. */
  arn(service: string, resource: string): string {
    const { region, accountId } = this.environment;
    return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
  }

  /** ARN of something in IAM, which has no region. */
  iamArn(resource: string): string {
    const { region, accountId } = this.environment;
    return `arn:${partitionOf(region)}:iam::${accountId}:${resource}`;
  }

  /** Host of the account's image registry in the stack's region (Amazon ECR: Private registry). */
  get registry(): string {
    const { region, accountId } = this.environment;
    return `${accountId}.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  }
}

/** The part of AWS a region belongs to (AWS: Amazon Resource Names). */
const partitionOf = (region: string) =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** State in the stage's bucket, locked in S3 itself. Without a bucket, beside the stack; the path stays relative. */
function addBackend(stack: SystemStack): void {
  const { state } = stack.environment;
  if (!state) {
    new LocalBackend(stack, { path: "terraform.tfstate" });
    return;
  }
  const { bucket, region, keyPrefix } = state;
  const key = `${keyPrefix}${stack.system}/terraform.tfstate`;
  const backend = new S3Backend(stack, { bucket, key, region, encrypt: true });
  // Newer than the typings.
  backend.addOverride("use_lockfile", true);
}

/**
 * The system a building block belongs to.
 *
 * @throws Error outside a SystemStack
 */
export function systemOf(scope: Construct): SystemStack {
  const stack = TerraformStack.of(scope);
  if (stack instanceof SystemStack) return stack;
  throw new Error(`${scope.node.path}: is not within a SystemStack`);
}

/** The ids that lead to a building block from its system. */
export const idsOf = (block: Construct): string[] =>
  block.node.scopes.slice(systemOf(block).node.scopes.length).map(({ node }) => node.id);

/** What a building block is called within its system, from the ids that lead to it: `JobEnded/DeadLetters` is `job-ended-dead-letters`. */
export const thingOf = (block: Construct): string => idsOf(block).map(kebabCase).join("-");

/** The physical name of a building block's resource. */
export const nameFor = (kind: NamedKind, block: Construct): string => systemOf(block).nameOf(kind, thingOf(block));

/** What the physical name begins with of a resource whose replacement must be there before it goes. */
export const namePrefixFor = (kind: "compute-environment" | "security-group", block: Construct): string =>
  `${nameFor(kind, block)}-`;

/** By block and id, because of which other block it has something of that id. */
const causes = new WeakMap<Construct, Map<string, Construct>>();

/**
 * The id of something that a building block has because of another: a verb and the ids that lead to the other, such as
 * `InvokeByJobStateChanged`. Each can be had once.
 *
 * @throws SynthesisError naming this and the earlier cause when the id is taken
 */
export function idBecauseOf(block: Construct, verb: string, cause: Construct): string {
  const id = `${verb}${idsOf(cause).join("")}`;
  const taken = causes.get(block) ?? new Map<string, Construct>();
  const earlier = taken.get(id);
  if (earlier)
    throw new SynthesisError([
      `${block.node.path}: ${id} is wanted for ${cause.node.path}, but stands for ${earlier.node.path} already`,
    ]);
  causes.set(block, taken.set(id, cause));
  return id;
}

/** A result of the stack that people and programs use. Names are snake_case, and the same on every stage. */
export function output(stack: SystemStack, name: string, of: { readonly value: string; readonly description: string }) {
  return new TerraformOutput(stack, name, { ...of, staticId: true });
}
