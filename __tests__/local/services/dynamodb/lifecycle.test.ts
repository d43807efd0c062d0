import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ListTablesCommand, PutItemCommand, ScanCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { Level } from "level";
import * as z from "zod";
import { startDynamoDb } from "../../../../local/services/dynamodb/index.ts";
import {
  ACCOUNT,
  allRecords,
  createTestTable,
  eventually,
  key,
  NEW_AND_OLD_IMAGES,
  REGION,
  startTestDynamoDb,
  temporaryDirectory,
} from "./harness.ts";

const account = { region: REGION, accountId: ACCOUNT };

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("killed in the middle of writes, it starts again on its port with every acknowledged write and its records", async () => {
  const local = await startTestDynamoDb();
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let next = 0;
  let kills = 0;
  const writer = async () => {
    while (kills < 2 || acknowledged.length < 300) {
      const id = String(next++);
      const put = { Put: { TableName: name, Item: key(id, "1") } };
      const twin = { Put: { TableName: name, Item: key(id, "2") } };
      const write =
        next % 2
          ? local.db.send(new TransactWriteItemsCommand({ TransactItems: [put, twin] }))
          : local.db.send(new PutItemCommand({ TableName: name, Item: key(id, "1") }));
      await write.then(
        () => acknowledged.push(id),
        () => refused.push(id),
      );
      const pid = local.server.processId;
      if (acknowledged.length > 80 * (kills + 1) && kills < 2 && pid !== undefined && isRunning(pid)) {
        kills += 1;
        process.kill(pid, "SIGKILL");
      }
      if (refused.at(-1) === id)
        await eventually(() =>
          fetch(local.server.endpoint).then(
            () => true,
            () => undefined,
          ),
        );
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));

  const rows: string[] = [];
  let ExclusiveStartKey: Record<string, { S: string }> | undefined;
  do {
    const page = await local.db.send(new ScanCommand({ TableName: name, ExclusiveStartKey }));
    rows.push(...(page.Items ?? []).map(({ pk, sk }) => `${pk?.S}/${sk?.S}`));
    ExclusiveStartKey = keySchema.optional().parse(page.LastEvaluatedKey);
  } while (ExclusiveStartKey);
  const found = new Set(rows);
  expect(acknowledged.filter((id) => !found.has(`${id}/1`))).toEqual([]);
  // Transactions are there in whole or not at all, also those that nobody was told about.
  const halves = rows.filter((row) => row.endsWith("/2") && !found.has(row.replace("/2", "/1")));
  expect(halves).toEqual([]);
  const even = rows.filter((row) => row.endsWith("/1") && Number(row.split("/")[0]) % 2 === 0);
  expect(even.filter((row) => !found.has(row.replace("/1", "/2")))).toEqual([]);

  const records = await allRecords(local.streams, name);
  const recorded = records.map(({ dynamodb }) => `${dynamodb?.Keys?.pk?.S}/${dynamodb?.Keys?.sk?.S}`);
  expect(recorded.sort()).toEqual(rows.sort());
  expect(kills).toBe(2);
  expect(local.log.filter((line) => /ended by itself \(SIGKILL\)/.test(line))).toHaveLength(2);
  await local.close();
});

const keySchema = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });

test("what is written is there after a stop and a start", async () => {
  const dataDirectory = temporaryDirectory();
  const first = await startTestDynamoDb({ dataDirectory });
  const TableName = await createTestTable(first.db, NEW_AND_OLD_IMAGES);
  await first.db.send(new PutItemCommand({ TableName, Item: key("kept") }));
  await first.server.stop();
  const second = await startTestDynamoDb({ dataDirectory });
  expect((await second.db.send(new ScanCommand({ TableName }))).Items).toEqual([key("kept")]);
  await second.db.send(new PutItemCommand({ TableName, Item: key("more") }));
  const records = await allRecords(second.streams, TableName);
  expect(records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual(["kept", "more"]);
  await second.close();
});

test("stop leaves no process, and can be called twice and in the middle of a restart", async () => {
  const local = await startTestDynamoDb();
  const pid = local.server.processId ?? 0;
  process.kill(pid, "SIGKILL");
  await Promise.all([local.server.stop(), local.server.stop()]);
  expect(isRunning(pid)).toBe(false);
  expect(isRunning(local.server.processId ?? pid)).toBe(false);
  await expect(fetch(local.server.endpoint)).rejects.toThrow();
  await local.close();
});

test("stop answers what is under way and then refuses, although clients keep their connections", async () => {
  const local = await startTestDynamoDb();
  const TableName = await createTestTable(local.db);
  const acknowledged: string[] = [];
  let next = 0;
  const writeUntilRefused = async (): Promise<void> => {
    for (;;) {
      const id = String(next++);
      await local.db.send(new PutItemCommand({ TableName, Item: key(id) }));
      acknowledged.push(id);
    }
  };
  const writers = Array.from({ length: 8 }, writeUntilRefused);
  const ended = Promise.allSettled(writers);
  await eventually(() => acknowledged.length > 50 || undefined);
  await local.server.stop();
  await ended;
  expect(local.log.filter((line) => /SIGKILL|ended by itself/.test(line))).toEqual([]);

  const again = await startTestDynamoDb({ dataDirectory: local.dataDirectory });
  const { Items = [] } = await again.db.send(new ScanCommand({ TableName }));
  const found = new Set(Items.map(({ pk }) => pk?.S));
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  await again.close();
});

test("signals to the whole process group do not end it", async () => {
  const local = await startTestDynamoDb();
  const pid = local.server.processId ?? 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid, signal);
  await local.db.send(new ListTablesCommand({}));
  expect(local.server.processId).toBe(pid);
  expect(local.log).toEqual([]);
  const since = Date.now();
  process.kill(pid, "SIGSTOP");
  local.server.kill();
  await local.close();
  expect(Date.now() - since).toBeLessThan(3000);
  expect(isRunning(pid)).toBe(false);
});

test("the server process ends when its parent is killed", async () => {
  const dataDirectory = temporaryDirectory();
  const module = join(import.meta.dirname, "../../../../local/services/dynamodb/index.ts");
  const options = JSON.stringify({ ...account, dataDirectory });
  const script = `import { startDynamoDb } from ${JSON.stringify(module)};
    const { processId } = await startDynamoDb(${options});
    console.log(processId);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  parent.kill("SIGKILL");
  await eventually(() => (isRunning(pid) ? undefined : true));
  rmSync(dataDirectory, { recursive: true });
});

test("it ends within seconds even if a client holds its request open", async () => {
  const local = await startTestDynamoDb();
  const port = Number(new URL(local.server.endpoint).port);
  const client = connect(port, "127.0.0.1").on("error", () => undefined); // cut off, as it must be
  client.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  await once(client, "connect");
  await local.db.send(new ListTablesCommand({})); // by now the server knows the first one, too
  const pid = local.server.processId ?? 0;
  await local.close();
  expect(isRunning(pid)).toBe(false);
  expect(local.log.filter((line) => /SIGKILL/.test(line))).toEqual([]);
  client.destroy();
});

test("a data directory that another process has is refused in one sentence", async () => {
  const local = await startTestDynamoDb();
  await expect(startDynamoDb({ ...account, dataDirectory: local.dataDirectory })).rejects.toThrow(
    `The DynamoDB data directory ${local.dataDirectory} is in use by another process. Stop that one first.`,
  );
  await local.close();
});

test("a fault of its own is a 500 with its stack in the log, and the next request is served", async () => {
  const local = await startTestDynamoDb();
  const TableName = await createTestTable(local.db);
  await local.db.send(new PutItemCommand({ TableName, Item: key("sound") }));
  await local.server.stop();
  const level = new Level(local.dataDirectory);
  await level.put(`item-${TableName}~zzz`, "{ not an item");
  await level.close();

  const again = await startTestDynamoDb({ dataDirectory: local.dataDirectory });
  await expect(again.db.send(new ScanCommand({ TableName }))).rejects.toMatchObject({
    name: "InternalServerError",
    $metadata: { httpStatusCode: 500 },
  });
  await eventually(() => again.log.some((line) => /at .*database\.ts:\d+/.test(line)) || undefined);
  await again.db.send(new PutItemCommand({ TableName, Item: key("more") }));
  expect(again.log.filter((line) => /ended by itself/.test(line))).toEqual([]);
  await again.close();
});

test("a port that is taken is refused", async () => {
  const local = await startTestDynamoDb();
  const dataDirectory = temporaryDirectory();
  const port = Number(new URL(local.server.endpoint).port);
  await expect(startDynamoDb({ ...account, dataDirectory, port })).rejects.toThrow(/EADDRINUSE/);
  await local.close();
  rmSync(dataDirectory, { recursive: true });
});

/** What is in a directory, without the diary that LevelDB begins anew each time it is opened. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory).filter((file) => !/^LO(G|G\.old|CK)$/.test(file));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(directory, file)).toString("base64")]));
}

const damages: [string, (directory: string) => void][] = [
  ["CURRENT is missing", (directory) => rmSync(join(directory, "CURRENT"))],
  ["CURRENT is garbage", (directory) => writeFileSync(join(directory, "CURRENT"), "garbage")],
  ["the manifest is missing", (directory) => rmSync(join(directory, manifest(directory)))],
  ["the manifest is garbage", (directory) => writeFileSync(join(directory, manifest(directory)), "garbage".repeat(99))],
  ["a table file is missing", (directory) => rmSync(join(directory, tableFile(directory)))],
];
const tableFile = (directory: string) => readdirSync(directory).find((file) => file.endsWith(".ldb")) ?? "";
const manifest = (directory: string) => readdirSync(directory).find((file) => file.startsWith("MANIFEST")) ?? "";

describe("a data directory that is damaged is refused and left as it is", () => {
  const sound = temporaryDirectory();
  beforeAll(async () => {
    const local = await startTestDynamoDb({ dataDirectory: sound });
    await createTestTable(local.db);
    await local.server.stop();
    await (await startTestDynamoDb({ dataDirectory: sound })).server.stop(); // LevelDB makes a table file of its log
  });
  afterAll(() => rmSync(sound, { recursive: true }));

  test.each(damages)("when %s", async (_case, damage) => {
    const dataDirectory = join(temporaryDirectory(), "copy");
    mkdirSync(dataDirectory);
    cpSync(sound, dataDirectory, { recursive: true });
    damage(dataDirectory);
    const before = contents(dataDirectory);
    await expect(startDynamoDb({ ...account, dataDirectory })).rejects.toThrow(
      new RegExp(`^The DynamoDB data directory ${dataDirectory} is damaged .*--fresh empties it`),
    );
    expect(contents(dataDirectory)).toEqual(before);
    rmSync(join(dataDirectory, ".."), { recursive: true });
  });
});
