import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { AccountStack, needsAccountStack } from "./constructs/bootstrap/account/index.ts";
import { removeStaleStacks } from "./constructs/output-directory/index.ts";
import { ConnectorFrameworkStack } from "./constructs/systems/connector-framework/index.ts";
import { SynthesisError } from "./constructs/validation/index.ts";
import { EnvironmentError, loadEnvironment } from "./environments/index.ts";

/** Everything there is on one stage, each system a stack. */
function synthesize(stage: string, directory: string): void {
  const environment = loadEnvironment(stage);
  const bundles = join(import.meta.dirname, "dist/handlers");
  mkdirSync(directory, { recursive: true });
  const app = new App({ outdir: directory });

  const systems = [new ConnectorFrameworkStack(app, { environment, bundles })];

  if (needsAccountStack(environment)) {
    const account = new AccountStack(app, { environment, bundles });
    for (const system of systems) system.addDependency(account);
  }

  app.synth();
  for (const stale of removeStaleStacks(directory))
    console.error(`${join(directory, "stacks", stale)} is of another synthesis, but Terraform has worked there: kept`);
}

try {
  synthesize(process.env.STAGE ?? "dev", process.env.CDKTF_OUTDIR ?? join(import.meta.dirname, "cdktf.out"));
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof SynthesisError)) throw error;
  for (const problem of error.problems) console.error(problem);
  process.exitCode = 1;
}
