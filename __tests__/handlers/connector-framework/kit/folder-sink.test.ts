import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderSink } from "../../../../handlers/connector-framework/kit/folder-sink.ts";
import { temporaryDirectory } from "../../../helpers/stage-process.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const target = join(directory.path, "target");
const sink = folderSink(target);
const document = (id: string, contents = "text") => ({
  id,
  metadata: {},
  mediaType: undefined,
  contents: Buffer.from(contents),
});

test("a document is a file where its id says, again and again the same", async () => {
  expect(await sink.put([document("deep/down/a b.md", "one"), document("c.md")])).toEqual([]);
  expect(await sink.put([document("deep/down/a b.md", "two")])).toEqual([]);
  expect(readFileSync(join(target, "deep/down/a b.md"), "utf8")).toBe("two");
});

test("one that is let go is gone; one that was not there is no failure", async () => {
  await sink.put([document("gone.md")]);
  expect(await sink.delete(["gone.md", "never.md"])).toEqual([]);
  expect(existsSync(join(target, "gone.md"))).toBe(false);
});

test.each(["../outside.md", "a/../../outside.md", "..", ".", "a/.."])(
  "an id that leads out of the folder fails: %s",
  async (id) => {
    writeFileSync(join(directory.path, "outside.md"), "mine");
    const failure = [{ id, reason: "its id leads out of the folder" }];
    expect(await sink.put([document(id)])).toEqual(failure);
    expect(await sink.delete([id])).toEqual(failure);
    expect(readFileSync(join(directory.path, "outside.md"), "utf8")).toBe("mine");
  },
);

test("an absolute id stays within the folder", async () => {
  expect(await sink.put([document("/etc/a.md")])).toEqual([]);
  expect(existsSync(join(target, "etc/a.md"))).toBe(true);
});

test("what cannot be written fails by itself", async () => {
  mkdirSync(join(target, "taken.md"), { recursive: true });
  const failures = await sink.put([document("taken.md"), document("free.md")]);
  expect(failures).toEqual([{ id: "taken.md", reason: expect.stringContaining("EISDIR") }]);
  expect(existsSync(join(target, "free.md"))).toBe(true);
});
