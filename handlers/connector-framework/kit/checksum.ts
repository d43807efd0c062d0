import { createHash } from "node:crypto";
import type { Metadata } from "./document.ts";
import { pythonJson } from "./python-json.ts";

/**
 * What tells a document's version from another: SHA-256, as hex, over its id, its metadata and its bytes. Times are no
 * part of it.
 */
export function checksumOf(id: string, metadata: Metadata, contents: Uint8Array): string {
  const { created_at, last_updated_at, ...lasting } = metadata;
  return sha256(`${id}+${pythonJson(lasting)}+${sha256(contents)}`);
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
