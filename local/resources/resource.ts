import type * as z from "zod";
import type { StageContext } from "./stage-context.ts";

/** A resource whose references are resolved. */
export interface Resource {
  /** Terraform's address: `<type>.<name>`. */
  readonly address: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the stack's file lies; paths in the body are relative to it. */
  readonly directory: string;
}

/** How a type of resource comes to be on this machine. Gives the attributes that others may refer to, beside its arguments. */
export type ResourceKind = (resource: Resource, context: StageContext) => Promise<Readonly<Record<string, unknown>>>;

/**
 * A kind whose arguments are parsed first. Arguments the schema leaves out have no meaning on this machine.
 *
 * @throws Error naming the resource and the argument that has no local meaning or is wrong
 */
export function kind<S extends z.ZodType>(
  schema: S,
  create: (body: z.output<S>, context: StageContext, resource: Resource) => ReturnType<ResourceKind> | object,
): ResourceKind {
  return async (resource, context) => {
    const parsed = schema.safeParse(resource.body);
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
      throw new Error(`${resource.address}: ${problems.join("; ")}`);
    }
    return { ...(await create(parsed.data, context, resource)) };
  };
}
