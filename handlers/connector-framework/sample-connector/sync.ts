import type { ApiClient } from "../../runtime/api/client.ts";
import type { connectorFrameworkApi } from "../contract/api.ts";
import { findChanges } from "./changes.ts";
import type { SourceDocument } from "./source-folder.ts";
import type { Target } from "./target-folder.ts";

type Client = ApiClient<typeof connectorFrameworkApi>;

export interface SyncOptions {
  readonly client: Client;
  readonly connectorId: string;
  readonly jobId: string;
  readonly source: readonly SourceDocument[];
  readonly target: Target;
  readonly now: () => Date;
  readonly log: (line: string) => void;
  /** Ends the run between two documents; what was done by then is recorded. */
  readonly signal: AbortSignal;
}

export interface SyncResult {
  readonly uploaded: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Documents that could not be uploaded or removed. They are not recorded, so the next run tries them again. */
  readonly failed: number;
  readonly stopped: boolean;
}

interface Step<T> {
  /** What has been done to an item when it worked. */
  readonly past: string;
  id(item: T): string;
  act(item: T): Promise<void>;
  record(items: readonly T[]): Promise<unknown>;
}

/** Documents recorded in one call: the most the API takes when it removes. */
const batchSize = 50;

/** Brings the target up to date with the source, and records each document once the target has it. */
export async function sync(options: SyncOptions): Promise<SyncResult> {
  const { client, connectorId, source, target, log, signal } = options;
  const { upload, remove, unchanged } = findChanges(source, await recordedChecksums(client, connectorId));
  log(`${source.length} documents: ${upload.length} new or changed, ${remove.length} gone, ${unchanged} unchanged`);

  /** Does something to each item, and records those it worked for, batch by batch. */
  async function each<T>(items: readonly T[], step: Step<T>): Promise<number> {
    let done = 0;
    for (const batch of batches(items)) {
      const worked: T[] = [];
      for (const item of batch) {
        if (signal.aborted) break;
        try {
          await step.act(item);
          log(`${step.past} ${step.id(item)}`);
          worked.push(item);
        } catch (error) {
          log(`failed, not ${step.past}: ${step.id(item)}: ${error instanceof Error ? error.message : error}`);
        }
      }
      if (worked.length > 0) await step.record(worked);
      done += worked.length;
    }
    return done;
  }

  const uploaded = await each(upload, {
    past: "uploaded",
    id: ({ documentId }) => documentId,
    act: (document) => target.upload(document),
    record: (items) => {
      const documents = items.map(({ documentId, checksum }) => ({ document_id: documentId, checksum }));
      return client.call("BatchPutCustomConnectorDocuments", { connector_id: connectorId, documents });
    },
  });
  const removed = await each(remove, {
    past: "removed",
    id: (documentId) => documentId,
    act: (documentId) => target.remove(documentId),
    record: (ids) =>
      client.call("BatchDeleteCustomConnectorDocuments", { connector_id: connectorId, document_ids: [...ids] }),
  });

  const stopped = signal.aborted;
  const failed = stopped ? 0 : upload.length - uploaded + remove.length - removed;
  const result = { uploaded, removed, unchanged, failed, stopped };
  await client.call("PutCustomConnectorCheckpoint", {
    connector_id: connectorId,
    checkpoint_data: { ...result, job_id: options.jobId, at: options.now().toISOString() },
  });
  return result;
}

/** Checksums that earlier runs recorded, by document id. */
async function recordedChecksums(client: Client, connectorId: string): Promise<Map<string, string>> {
  const recorded = new Map<string, string>();
  for (let token: string | undefined; ; ) {
    const page = await client.call("ListCustomConnectorDocuments", {
      connector_id: connectorId,
      max_results: 100,
      next_token: token,
    });
    for (const { document_id, checksum } of page.documents) recorded.set(document_id, checksum);
    if (page.next_token === null) return recorded;
    token = page.next_token;
  }
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += batchSize) yield items.slice(start, start + batchSize);
}
