import type { ResourceKinds } from "./resources/resource.ts";
import type { StageContext } from "./resources/stage-context.ts";
import { resolve } from "./terraform/expressions.ts";
import { inDependencyOrder } from "./terraform/order.ts";
import type { SynthesizedStack } from "./terraform/stack-file.ts";

/** An output of a stack, as `terraform output` would give it. */
export interface Output {
  readonly name: string;
  readonly value: unknown;
  readonly description: string | undefined;
}

/** A stack whose resources are made. */
export interface ProvisionedStack {
  /**
   * Its outputs.
   * @param results of the stacks' invocations of functions, by their ids: those come after all resources
   */
  outputs(results: ReadonlyMap<string, string>): Output[];
}

/**
 * Makes every resource of a stack, each after those it needs. A resource from an earlier run is kept as it is.
 *
 * @throws Error naming the resource that could not be made, or whose type has no meaning on this machine
 */
export async function provision(
  stack: SynthesizedStack,
  kinds: ResourceKinds,
  context: StageContext,
): Promise<ProvisionedStack> {
  const attributes = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { address, type, body } of inDependencyOrder(stack.resources)) {
    const create = kinds.get(type);
    if (!create) throw new Error(`${stack.name}: ${address}: the local stage does not know ${type}`);
    try {
      const resolved = resolveArguments(body, attributes);
      const made = await create({ stack: stack.name, address, body: resolved, directory: stack.directory }, context);
      attributes.set(address, { ...resolved, ...made });
    } catch (error) {
      throw new Error(`${stack.name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  return {
    outputs(results) {
      const withResults = new Map(
        [...attributes].map(([address, known]) => {
          const result = results.get(`${stack.name}.${address}`);
          return [address, result === undefined ? known : { ...known, result }];
        }),
      );
      return stack.outputs.map(({ name, value, description }) => ({
        name,
        description,
        value: resolve(value, withResults),
      }));
    },
  };
}

/** `lifecycle` and the like tell Terraform how to change a resource, not what it is. */
const meta = new Set(["lifecycle", "depends_on", "provider"]);

function resolveArguments(
  body: Readonly<Record<string, unknown>>,
  attributes: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Record<string, unknown> {
  const own = Object.entries(body).filter(([name]) => !meta.has(name));
  return Object.fromEntries(own.map(([name, value]) => [name, resolve(value, attributes)]));
}
