import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { takeLock } from "../../../local/processes/process-lock.ts";

const directory = mkdtempSync(join(tmpdir(), "armature-lock-"));
afterAll(() => rmSync(directory, { recursive: true }));

const lockModule = join(__dirname, "../../../local/processes/process-lock.ts");
const contender = `import { takeLock } from ${JSON.stringify(lockModule)};
  await new Promise((resolve) => { process.stdin.once("data", resolve); console.log("ready"); });
  console.log(await takeLock(process.argv[1]).then(() => "taken", (error) => error.holder));
  process.stdin.resume();`;

/** A process that takes the lock when told, says how that went, and then lives until its input ends. */
async function startContender(lock: string) {
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "--eval", contender, lock], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  if (!child.stdout) throw new Error("no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    pid: child.pid,
    async take(): Promise<string> {
      child.stdin?.write("go\n");
      return (await lines.next()).value;
    },
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

test("of processes that come at the same moment one gets the lock, and the others learn which", async () => {
  const lock = join(directory, "contended");
  const all = await Promise.all(Array.from({ length: 4 }, () => startContender(lock)));
  try {
    const answers = await Promise.all(all.map((one) => one.take()));
    const winner = all[answers.indexOf("taken")];
    expect(answers.filter((answer) => answer === "taken")).toHaveLength(1);
    await expect(takeLock(lock)).rejects.toMatchObject({ holder: winner?.pid });
    await winner?.kill();
    const { release } = await takeLock(lock);
    release();
    expect(readdirSync(lock)).toEqual([]);
  } finally {
    for (const one of all) await one.kill();
  }
}, 60_000);

test("what a process of the same id left behind earlier, and what is no claim at all, does not hold the lock", async () => {
  const lock = join(directory, "stale");
  mkdirSync(lock);
  for (const claim of [`${process.ppid}-0000000000000000`, "-1", ".DS_Store"]) writeFileSync(join(lock, claim), "");
  const { release } = await takeLock(lock);
  expect(readdirSync(lock)).toHaveLength(1);
  release();
});
