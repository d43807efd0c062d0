/**
 * The service model for boto3, with boto3 itself against a stage of this check's own:
 *
 *     npm run check:boto3 -- [--if-available]
 *
 * Needs python3 with boto3 on the PATH, which nothing else here does: with `--if-available` it is skipped where they are
 * not.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

const project = join(import.meta.dirname, "../../..");
const repository = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/check";

const outputs = z.object({ "connector-framework": z.object({ api_url: z.string() }) });

/** What the containers of the two connectors do. */
const images = {
  short: "process.exitCode = Number(process.env.EXIT_CODE ?? 0);",
  stubborn: 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);',
};

if (spawnSync("python3", ["-c", "import boto3"], { stdio: "ignore" }).status === 0) await check();
else if (process.argv.includes("--if-available")) console.log("check:boto3: skipped, python3 has no boto3 here");
else {
  console.error("check:boto3: needs python3 with boto3 on the PATH");
  process.exitCode = 1;
}

async function check(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "armature-boto3-"));
  const imageOptions: string[] = [];
  for (const [name, script] of Object.entries(images)) {
    const file = join(folder, `${name}.mjs`);
    await writeFile(file, script);
    imageOptions.push("--image", `${repository}/${name}:1=node ${file}`);
  }
  const stage = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "local/main.ts", "--data", join(folder, "stage"), ...imageOptions],
    { cwd: project, env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = endOf(stage);
  try {
    const url = await Promise.race([
      readyUrl(stage),
      ended.then((code) => Promise.reject(new Error(`the stage ended with exit code ${code}`))),
    ]);
    process.exitCode = (await endOf(runPython(await apiUrl(url)))) ?? 1;
  } finally {
    stage.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function runPython(apiUrl: string): ChildProcess {
  return spawn("python3", [join(import.meta.dirname, "check.py")], {
    env: {
      ...process.env,
      API_URL: apiUrl,
      AWS_DATA_PATH: join(project, "clients/connector-framework/boto3"),
      IMAGE_SHORT: `${repository}/short:1`,
      IMAGE_STUBBORN: `${repository}/stubborn:1`,
    },
    stdio: "inherit",
  });
}

async function apiUrl(stageUrl: string): Promise<string> {
  const response = await fetch(new URL("/outputs.json", stageUrl));
  return outputs.parse(await response.json())["connector-framework"].api_url;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

function readyUrl(stage: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve) => {
    stage.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const ready = said.match(/ready: (\S+)/)?.[1];
      if (ready) resolve(ready);
    });
  });
}
