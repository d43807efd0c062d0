import { referencesIn } from "./expressions.ts";
import type { SynthesizedResource } from "./stack-file.ts";

/**
 * Puts a stack's resources in an order in which each comes after all it refers to or says it depends on.
 *
 * @throws Error naming the resources of a cycle
 */
export function inDependencyOrder(resources: readonly SynthesizedResource[]): SynthesizedResource[] {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const ordered: SynthesizedResource[] = [];
  const done = new Set<string>();

  const visit = (resource: SynthesizedResource, path: readonly string[]) => {
    if (done.has(resource.address)) return;
    if (path.includes(resource.address)) throw new Error(`a cycle: ${[...path, resource.address].join(" -> ")}`);
    for (const address of needs(resource)) {
      const needed = byAddress.get(address);
      if (needed) visit(needed, [...path, resource.address]);
    }
    done.add(resource.address);
    ordered.push(resource);
  };
  for (const resource of resources) visit(resource, []);
  return ordered;
}

const needs = ({ body: { depends_on, lifecycle: _, ...body } }: SynthesizedResource) => [
  ...referencesIn(body),
  ...(Array.isArray(depends_on) ? depends_on.map(String) : []),
];
