import type { AllowList } from "../model/allow-list.ts";
import type { Ids } from "../model/ids.ts";
import type { ScheduleStore } from "../schedules/schedules.ts";
import type { CheckpointStore } from "../store/checkpoints.ts";
import type { ConnectorStore } from "../store/connectors.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { JobProgressStore } from "../store/job-progress.ts";
import type { JobStore } from "../store/jobs.ts";

/** What the operations need from outside. */
export interface Dependencies {
  readonly stores: {
    readonly connectors: ConnectorStore;
    readonly checkpoints: CheckpointStore;
    readonly jobs: JobStore;
    readonly progress: Pick<JobProgressStore, "end" | "free">;
    readonly documents: DocumentStore;
    readonly schedules: ScheduleStore;
  };
  /** What connectors may name. */
  readonly allowed: AllowList;
  readonly clock: () => Date;
  readonly ids: Ids;
  /** Region the API serves; with the caller's account it names the tenant. */
  readonly region: string;
}
