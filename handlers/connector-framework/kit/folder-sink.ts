import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Failure, Sink } from "./sink.ts";

/** A target that keeps documents as files of a folder, each where its id says. */
export function folderSink(folder: string): Sink {
  /** @throws Error when the id leads out of the folder, or to the folder itself */
  function fileOf(id: string): string {
    const file = join(folder, id);
    const [first = ""] = relative(folder, file).split(sep);
    if (first === "" || first === "..") throw new Error("its id leads out of the folder");
    return file;
  }

  async function put(id: string, contents: Uint8Array): Promise<void> {
    const file = fileOf(id);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }

  return {
    put: (documents) => failuresOf(documents, ({ id, contents }) => put(id, contents)),
    delete: (ids) =>
      failuresOf(
        ids.map((id) => ({ id })),
        async ({ id }) => rm(fileOf(id), { force: true }),
      ),
  };
}

/** Does something to one document after the other, and tells for which it failed. */
async function failuresOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      failures.push({ id: item.id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return failures;
}
