import type { Ids } from "../model/ids.ts";
import type { CheckpointStore } from "../store/checkpoints.ts";
import type { ConnectorStore } from "../store/connectors.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { JobStore } from "../store/jobs.ts";

/** What the operations need from outside. */
export interface Dependencies {
  readonly stores: {
    readonly connectors: ConnectorStore;
    readonly checkpoints: CheckpointStore;
    readonly jobs: JobStore;
    readonly documents: DocumentStore;
  };
  readonly clock: () => Date;
  readonly ids: Ids;
  /** Region the API serves; with the caller's account it names the tenant. */
  readonly region: string;
}
