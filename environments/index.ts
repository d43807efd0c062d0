import { environment as dev } from "./dev/index.ts";
import { environment as local } from "./local/index.ts";
import { EnvironmentError, parseEnvironment } from "./parse.ts";
import { environment as prod } from "./prod/index.ts";
import type { Environment, EnvironmentInput, Stage } from "./schema.ts";
import { environment as staging } from "./staging/index.ts";

export { EnvironmentError } from "./parse.ts";
export type { Environment } from "./schema.ts";

const environments: Readonly<Record<Stage, EnvironmentInput>> = { local, dev, staging, prod };

/**
 * Everything a stage decides, checked, with defaults, frozen.
 *
 * @throws EnvironmentError listing every problem as `environments/<stage>: <field>: <rule>`; for a stage that is none,
 * naming those there are
 */
export function loadEnvironment(stage: string): Environment {
  const all = Object.entries(environments);
  const input = all.find(([name]) => name === stage)?.[1];
  if (!input)
    throw new EnvironmentError([
      `there is no stage ${stage || '""'}; there are ${Object.keys(environments).join(", ")}`,
    ]);
  const others = all.flatMap(([name, other]) => (name === stage ? [] : [other]));
  return parseEnvironment(stage, input, others);
}
