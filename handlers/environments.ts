import type * as z from "zod";
import type { environment as connectorFrameworkApi } from "./connector-framework/api/environment.ts";
import type { environment as connectorFrameworkDeletion } from "./connector-framework/deletion/environment.ts";
import type { environment as connectorFrameworkJobStatus } from "./connector-framework/job-status/environment.ts";
import type { environment as connectorFrameworkOrchestrator } from "./connector-framework/orchestrator/environment.ts";
import type { environment as connectorFrameworkReconciler } from "./connector-framework/reconciler/environment.ts";
import type { environment as connectorFrameworkRegistrar } from "./connector-framework/registrar/environment.ts";
import type { environment as connectorFrameworkScheduledStart } from "./connector-framework/scheduled-start/environment.ts";

/**
 * Every Lambda function there is, by its folder, with the variables it reads. A stack that names a function is held to
 * them by the compiler: one forgotten or one too many does not type-check.
 */
export interface FunctionEnvironments {
  "connector-framework/api": z.input<typeof connectorFrameworkApi>;
  "connector-framework/deletion": z.input<typeof connectorFrameworkDeletion>;
  "connector-framework/job-status": z.input<typeof connectorFrameworkJobStatus>;
  "connector-framework/orchestrator": z.input<typeof connectorFrameworkOrchestrator>;
  "connector-framework/reconciler": z.input<typeof connectorFrameworkReconciler>;
  "connector-framework/registrar": z.input<typeof connectorFrameworkRegistrar>;
  "connector-framework/scheduled-start": z.input<typeof connectorFrameworkScheduledStart>;
}
