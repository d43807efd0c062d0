import { glob, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { SourceDocument } from "../kit/document.ts";

/** Every file below a folder, as it is found. Its id is its path within the folder, with `/` on every system. */
export async function* sourceFolder(folder: string): AsyncGenerator<SourceDocument> {
  await stat(folder);
  for await (const path of glob("**/*", { cwd: folder })) {
    const file = join(folder, path);
    if (!(await stat(file)).isFile()) continue;
    const id = path.split(sep).join("/");
    yield { id, metadata: { title: id }, read: () => readFile(file) };
  }
}
