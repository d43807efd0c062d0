import type { SourceDocument } from "./source-folder.ts";

/** What a run has to do, in the order it does it. */
export interface Changes {
  readonly upload: readonly SourceDocument[];
  /** Ids of documents that were recorded once and have left the source. */
  readonly remove: readonly string[];
  readonly unchanged: number;
}

/** Compares the source with the checksums recorded by earlier runs, by document id. */
export function findChanges(source: readonly SourceDocument[], recorded: ReadonlyMap<string, string>): Changes {
  const upload = source.filter(({ documentId, checksum }) => recorded.get(documentId) !== checksum);
  const present = new Set(source.map(({ documentId }) => documentId));
  const remove = [...recorded.keys()].filter((id) => !present.has(id)).sort();
  return { upload, remove, unchanged: source.length - upload.length };
}
