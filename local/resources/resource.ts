import type * as z from "zod";
import type { StageContext } from "./stage-context.ts";

/** A resource whose references are resolved. */
export interface Resource {
  /** Name of the stack: an address is unique only within it. */
  readonly stack: string;
  /** Terraform's address: `<type>.<name>`. */
  readonly address: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the stack's file lies; paths in the body are relative to it. */
  readonly directory: string;
}

/** How a type of resource comes to be on this machine. Gives the attributes that others may refer to, beside its arguments. */
export type ResourceKind = (resource: Resource, context: StageContext) => Promise<Readonly<Record<string, unknown>>>;

/** Kinds by the type of resource they make. */
export type ResourceKinds = ReadonlyMap<string, ResourceKind>;

/**
 * A kind whose arguments are parsed first. An argument is in the schema, or among those that change nothing here; any
 * other is refused, since it would be silently untrue.
 *
 * @param inert arguments that have a meaning on AWS and none on this machine
 * @throws Error naming the resource and the argument that is not known or is wrong
 */
export function kind<S extends z.ZodObject>(
  schema: S,
  inert: readonly string[],
  create: (body: z.output<S>, context: StageContext, resource: Resource) => ReturnType<ResourceKind> | object,
): ResourceKind {
  return async (resource, context) => {
    const known = Object.entries(resource.body).filter(([name]) => name !== "tags" && !inert.includes(name));
    const unknown = known.filter(([name]) => !(name in schema.shape)).map(([name]) => unknownArgument([name]));
    const parsed = schema.safeParse(Object.fromEntries(known));
    const problems = [...unknown, ...(parsed.error?.issues.flatMap(problem) ?? [])];
    if (problems.length > 0 || !parsed.success) throw new Error(`${resource.address}: ${problems.join("; ")}`);
    return { ...(await create(parsed.data, context, resource)) };
  };
}

const problem = (issue: z.core.$ZodIssue): string[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => unknownArgument([...issue.path, key]))
    : [`${issue.path.join(".")}: ${issue.message}`];

const unknownArgument = (path: readonly PropertyKey[]) =>
  `${path.map(String).join(".")}: the local stage does not know this argument`;
