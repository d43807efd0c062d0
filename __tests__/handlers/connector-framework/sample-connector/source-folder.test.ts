import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFolder } from "../../../../handlers/connector-framework/sample-connector/source-folder.ts";
import { temporaryDirectory } from "../../../helpers/stage-process.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

test("every file below the folder is a document, its path its id and its title", async () => {
  const folder = join(directory.path, "source");
  mkdirSync(join(folder, "deeper/empty"), { recursive: true });
  writeFileSync(join(folder, "a.md"), "first");
  writeFileSync(join(folder, "deeper", "b c.md"), "second");
  const found: [string, unknown, string][] = [];
  for await (const { id, metadata, read } of sourceFolder(folder))
    found.push([id, metadata, Buffer.from(await read()).toString()]);
  expect(found.sort()).toEqual([
    ["a.md", { title: "a.md" }, "first"],
    ["deeper/b c.md", { title: "deeper/b c.md" }, "second"],
  ]);
});

test("a folder that is not there is an error, not a folder without files", async () => {
  await expect(sourceFolder(join(directory.path, "nowhere")).next()).rejects.toThrow("ENOENT");
});
