import { createHash } from "node:crypto";
import { glob, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** A file of the source folder, with what its checksum is made of. */
export interface SourceDocument {
  /** Path within the folder, with `/` on every system. */
  readonly documentId: string;
  readonly file: string;
  readonly checksum: string;
}

/** Every file below a folder, in the order of their ids. */
export async function readSourceFolder(folder: string): Promise<SourceDocument[]> {
  await stat(folder);
  const documents: SourceDocument[] = [];
  for await (const path of glob("**/*", { cwd: folder })) {
    const file = join(folder, path);
    if (!(await stat(file)).isFile()) continue;
    const documentId = path.split(sep).join("/");
    documents.push({ documentId, file, checksum: checksumOf(documentId, { title: documentId }, await readFile(file)) });
  }
  return documents.sort((a, b) => (a.documentId < b.documentId ? -1 : 1));
}

/**
 * What tells a document's version from another: SHA-256, as hex, over its id, its metadata and its bytes. Times are no
 * part of it, so that a touched file is not a changed one.
 */
export function checksumOf(
  id: string,
  metadata: Readonly<Record<string, string | null>>,
  contents: Uint8Array,
): string {
  const known = Object.entries(metadata).filter(([, value]) => value !== null);
  const canonical = JSON.stringify(Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1))));
  return sha256(`${id}+${canonical}+${sha256(contents)}`);
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
