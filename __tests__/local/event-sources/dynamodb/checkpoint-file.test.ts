import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpointFile } from "../../../../local/event-sources/dynamodb/checkpoint-file.ts";
import { temporaryFolder } from "../../functions/bundle.ts";

test("checkpoints set at the same moment are all on disk when their promises resolve", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "below", "checkpoints.json");
  const file = await openCheckpointFile(path, "arn");
  expect(file.startedBefore).toBe(false);
  await file.begin(new Set(), new Map());
  await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      await file.set(`shard-${n % 5}`, { after: String(n) });
      const onDisk = JSON.parse(await readFile(path, "utf8")).shards[`shard-${n % 5}`].after;
      expect(Number(onDisk)).toBeGreaterThanOrEqual(n);
    }),
  );
  const again = await openCheckpointFile(path, "arn");
  expect(again.startedBefore).toBe(true);
  expect([0, 1, 2, 3, 4].map((n) => again.get(`shard-${n}`))).toEqual(
    [45, 46, 47, 48, 49].map((n) => ({ after: String(n) })),
  );
  expect(await readdir(join(folder.path, "below"))).toEqual(["checkpoints.json"]);
});

test("shards that are gone are forgotten; another stream's checkpoints do not count", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "checkpoints.json");
  const file = await openCheckpointFile(path, "arn");
  await file.begin(
    new Set(["a", "b"]),
    new Map([
      ["a", { ended: true }],
      ["b", { after: "7" }],
    ]),
  );
  await file.begin(new Set(["b"]), new Map());
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ streamArn: "arn", shards: { b: { after: "7" } } });
  const other = await openCheckpointFile(path, "other");
  expect([other.startedBefore, other.get("b")]).toEqual([false, undefined]);
});

test("a file that is no checkpoint file is named", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "checkpoints.json");
  await writeFile(path, '{"shards":');
  await expect(openCheckpointFile(path, "arn")).rejects.toThrow(`${path} is no checkpoint file`);
});

test("after a write that failed the next one writes everything", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "checkpoints.json");
  const file = await openCheckpointFile(path, "arn");
  const { mkdir, rmdir } = await import("node:fs/promises");
  await mkdir(path);
  await expect(file.set("a", { after: "1" })).rejects.toMatchObject({ code: "EISDIR" });
  await rmdir(path);
  await file.set("b", { after: "2" });
  expect(JSON.parse(await readFile(path, "utf8")).shards).toEqual({ a: { after: "1" }, b: { after: "2" } });
});
