import type { ConnectorRef } from "../handlers/connector-framework/model/keys.ts";
import type { DocumentStore } from "../handlers/connector-framework/store/documents.ts";
import type { Reading } from "./meter.ts";

/** Documents the API takes at once, and tells on a page at most. */
export const batchSize = 100;

/** What one page of a list cost. */
export interface PageCost extends Reading {
  readonly documents: number;
  readonly milliseconds: number;
}

/** Records so many documents of a connector, with ids and checksums of everyday length. */
export async function fill(documents: DocumentStore, connector: ConnectorRef, count: number): Promise<void> {
  const now = new Date();
  for (let from = 0; from < count; from += batchSize) {
    const ids = Array.from({ length: Math.min(batchSize, count - from) }, (_, index) => from + index);
    const batch = ids.map((id) => ({
      document_id: `https://wiki.example.com/pages/${String(id).padStart(8, "0")}`,
      checksum: id.toString(16).padStart(64, "0"),
    }));
    await documents.put(connector, batch, now);
  }
}

/** Every page of a connector's documents, one after the other, and what it cost. */
export async function* pages(
  documents: DocumentStore,
  connector: ConnectorRef,
  read: () => Reading,
): AsyncGenerator<PageCost> {
  let token: string | undefined;
  do {
    read();
    const begun = performance.now();
    const page = await documents.list(connector, { limit: batchSize, token });
    yield { ...read(), documents: page.items.length, milliseconds: performance.now() - begun };
    token = page.nextToken ?? undefined;
  } while (token !== undefined);
}

/** Pages of a list from its beginning to its end, and again. */
export async function* endlessPages(...list: Parameters<typeof pages>): AsyncGenerator<PageCost> {
  for (;;) yield* pages(...list);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
