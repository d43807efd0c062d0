import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const manifest = z.object({ stacks: z.record(z.string(), z.unknown()) });

/** What Terraform leaves in a stack's folder, and what a state is kept in. */
const ofTerraform = (file: string) => file === ".terraform" || file.includes(".tfstate");

/**
 * Removes the stacks that an earlier synthesis left in the output directory and the latest did not make, such as another
 * stage's: whoever runs Terraform there would deploy what is no longer described. A folder that Terraform has worked
 * in stays, since a state may be nowhere else. Folders without a synthesized stack are not looked at.
 *
 * @returns names of the stacks that stayed, sorted
 */
export function removeStaleStacks(directory: string): string[] {
  const { stacks } = manifest.parse(JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")));
  const root = join(directory, "stacks");
  const kept: string[] = [];
  for (const name of readdirSync(root).sort()) {
    const folder = join(root, name);
    if (Object.hasOwn(stacks, name) || !existsSync(join(folder, "cdk.tf.json"))) continue;
    if (readdirSync(folder).some(ofTerraform)) kept.push(name);
    else rmSync(folder, { recursive: true });
  }
  return kept;
}
