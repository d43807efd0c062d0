import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SourceDocument } from "./source-folder.ts";

/** Where documents go: here a folder, elsewhere an index. Both calls may be repeated. */
export interface Target {
  upload(document: SourceDocument): Promise<void>;
  remove(documentId: string): Promise<void>;
}

/** A target that copies files into a folder. */
export const targetFolder = (folder: string): Target => ({
  async upload({ documentId, file }) {
    const destination = join(folder, documentId);
    await mkdir(dirname(destination), { recursive: true });
    await copyFile(file, destination);
  },
  remove: (documentId) => rm(join(folder, documentId), { force: true }),
});
