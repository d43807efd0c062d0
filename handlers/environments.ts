import type * as z from "zod";
import type { environment as connectorFrameworkApi } from "./connector-framework/api/environment.ts";
import type { environment as connectorFrameworkJobStatus } from "./connector-framework/job-status/environment.ts";
import type { environment as connectorFrameworkOrchestrator } from "./connector-framework/orchestrator/environment.ts";

/**
 * Every Lambda function there is, by its folder, with the variables it reads. A stack that names a function is held to
 * them by the compiler: one forgotten or one too many does not type-check.
 */
export interface FunctionEnvironments {
  "connector-framework/api": z.input<typeof connectorFrameworkApi>;
  "connector-framework/job-status": z.input<typeof connectorFrameworkJobStatus>;
  "connector-framework/orchestrator": z.input<typeof connectorFrameworkOrchestrator>;
}
