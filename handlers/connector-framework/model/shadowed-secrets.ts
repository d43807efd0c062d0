import type { Connector } from "./connector.ts";
import type { Job } from "./job.ts";

/**
 * Variables a caller gives a job that are secrets of its connector: ECS takes no name twice (Amazon ECS: Pass sensitive
 * data to a container).
 *
 * @returns their places in the caller's list
 */
export function shadowedSecrets(
  environment: Job["environment"],
  { container_properties: { secrets } }: Pick<Connector, "container_properties">,
): number[] {
  const names = new Set(secrets.map(({ name }) => name));
  return environment.flatMap(({ name }, index) => (names.has(name) ? [index] : []));
}
