import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyDataDirectory, keepOnly, openDataDirectory } from "../../local/data-directory.ts";

const directory = mkdtempSync(join(tmpdir(), "armature-data-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** A directory with these files in it. */
function directoryOf(name: string, ...files: string[]): string {
  const root = join(directory, name);
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "precious");
  }
  return root;
}

async function openAndRelease(root: string) {
  const { data, lock } = await openDataDirectory(root);
  lock.release();
  return data;
}

test("a directory that is not there, or empty, is made the stage's own, and opens again with what others put there", async () => {
  for (const root of [join(directory, "new", "deep"), directoryOf("empty")]) {
    const data = await openAndRelease(root);
    expect(existsSync(data.dynamodb)).toBe(true);
    writeFileSync(join(root, "notes.md"), "precious");
    await openAndRelease(root);
  }
});

test.each([
  ["a project", ["package.json", "dynamodb/data"], "package.json"],
  ["a file under one of the stage's names", ["logs"], "logs"],
])("%s is refused, and left as it is", async (name, files, named) => {
  const root = directoryOf(name, ...files);
  const before = readdirSync(root, { recursive: true });
  await expect(openDataDirectory(root)).rejects.toThrow(
    `${root} is not a data directory of the local stage (it holds ${named}): name an empty or new one with --data`,
  );
  expect(readdirSync(root, { recursive: true })).toEqual(before);
});

test("a file is refused", async () => {
  const file = join(directoryOf("with-file", "data"), "data");
  await expect(openDataDirectory(file)).rejects.toThrow(`${file} is not a directory: name one with --data`);
});

test("a directory from before there was a marker is the stage's own", async () => {
  const root = directoryOf("before", "dynamodb/CURRENT", "cdktf.out/manifest.json", "sample-connector/a.md");
  await openAndRelease(root);
  expect(existsSync(join(root, "dynamodb/CURRENT"))).toBe(true);
});

test("emptying removes what the stage remembers, and nothing else: neither files beside it nor what a link points to", async () => {
  const root = directoryOf("full");
  const elsewhere = directoryOf("elsewhere", "kept.log");
  const data = await openAndRelease(root);
  for (const file of ["dynamodb/CURRENT", "sqs/fauxqs.db", "batch/jobs/1.json", "cdktf.out/manifest.json", "own.md"]) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  rmSync(data.logs, { recursive: true });
  symlinkSync(elsewhere, data.logs);
  emptyDataDirectory(data);
  for (const emptied of [data.dynamodb, data.sqs, data.batch, data.logs]) expect(readdirSync(emptied)).toEqual([]);
  for (const kept of ["own.md", "cdktf.out/manifest.json"]) expect(existsSync(join(root, kept))).toBe(true);
  expect(existsSync(join(elsewhere, "kept.log"))).toBe(true);
});

test("of a directory only what is in use is kept", async () => {
  const root = directoryOf("bundles", "used/index.mjs", "old/index.mjs", "cut-off.new/index.mjs");
  keepOnly(new Set([join(root, "used")]), root);
  expect(readdirSync(root)).toEqual(["used"]);
});
