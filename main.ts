import { join } from "node:path";
import { App } from "cdktf";
import { AccountStack, needsAccountStack } from "./constructs/bootstrap/account/index.ts";
import { ConnectorFrameworkStack } from "./constructs/systems/connector-framework/index.ts";
import { SynthesisError } from "./constructs/validation/index.ts";
import { EnvironmentError, loadEnvironment } from "./environments/index.ts";

/** Everything there is on one stage, each system a stack. */
function synthesize(stage: string): void {
  const environment = loadEnvironment(stage);
  const bundles = join(import.meta.dirname, "dist/handlers");
  const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? join(import.meta.dirname, "cdktf.out") });

  if (needsAccountStack(environment)) new AccountStack(app, { environment, bundles });
  new ConnectorFrameworkStack(app, { environment, bundles });

  app.synth();
}

try {
  synthesize(process.env.STAGE ?? "dev");
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof SynthesisError)) throw error;
  for (const problem of error.problems) console.error(problem);
  process.exitCode = 1;
}
