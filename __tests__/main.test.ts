import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { writeBundles } from "./constructs/synth.ts";

const root = join(import.meta.dirname, "..");
const node = join(root, "node_modules/.bin/node");
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The project in a folder of its own, as a clone and a build would leave it. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), "armature-main-"));
  folders.push(folder);
  for (const part of ["main.ts", "package.json", "constructs", "environments", "handlers"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeBundles(join(folder, "dist/handlers"));
  return folder;
}

/** Runs main.ts from another folder than its own. */
function run(
  folder: string,
  stage: string | undefined,
  { preload, ...given }: { readonly preload?: string; readonly CDKTF_OUTDIR?: string } = {},
) {
  const { STAGE: _, CDKTF_OUTDIR: __, NODE_OPTIONS: ___, ...env } = process.env;
  const { status, stderr, stdout } = spawnSync(
    node,
    [...(preload ? ["--import", preload] : []), join(folder, "main.ts")],
    {
      cwd: tmpdir(),
      env: { ...env, ...given, ...(stage !== undefined && { STAGE: stage }) },
      encoding: "utf8",
    },
  );
  return { status, stderr, stdout };
}

/** Every file below a folder with its bytes. */
const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path): [string, string] => [path.slice(folder.length), readFileSync(path, "base64")]),
  );

const manifest = z.object({ stacks: z.record(z.string(), z.unknown()) });
const stacksIn = (folder: string) =>
  Object.keys(manifest.parse(JSON.parse(readFileSync(join(folder, "cdktf.out/manifest.json"), "utf8"))).stacks);

test("the same project in two folders is synthesized to the same bytes, none of which say where it is", () => {
  const [one, other] = [checkout(), checkout()].map((folder) => {
    expect(run(folder, "prod")).toEqual({ status: 0, stderr: "", stdout: "" });
    return contentOf(join(folder, "cdktf.out"));
  });
  expect(Object.keys(one ?? {}).length).toBeGreaterThan(4);
  expect(one).toEqual(other);
  for (const content of Object.values(one ?? {}))
    expect(Buffer.from(content, "base64").toString()).not.toContain(tmpdir());
});

test("a system is deployed after its account's own stack, by order alone: neither reads the other's state", () => {
  const folder = checkout();
  expect(run(folder, "dev").status).toBe(0);
  const { stacks } = z
    .object({ stacks: z.record(z.string(), z.object({ dependencies: z.array(z.string()) })) })
    .parse(JSON.parse(readFileSync(join(folder, "cdktf.out/manifest.json"), "utf8")));
  expect(stacks).toEqual({
    "dev-account": { dependencies: [] },
    "dev-connector-framework": { dependencies: ["dev-account"] },
  });
  for (const name of Object.keys(stacks))
    expect(readFileSync(join(folder, "cdktf.out/stacks", name, "cdk.tf.json"), "utf8")).not.toMatch(
      /terraform_remote_state|cross-stack-output/,
    );
});

test("it is written to where CDKTF_OUTDIR says, even if the folders on the way are not there yet", () => {
  const folder = checkout();
  const directory = join(folder, "some/where/out");
  expect(run(folder, "local", { CDKTF_OUTDIR: directory })).toEqual({ status: 0, stderr: "", stdout: "" });
  expect(readdirSync(join(directory, "stacks"))).toEqual(["local-connector-framework"]);
});

test("another stage's stacks go, but for those that Terraform has worked in, of which one line tells", () => {
  const folder = checkout();
  const stacks = join(folder, "cdktf.out/stacks");
  run(folder, "staging");
  run(folder, "dev");
  expect(readdirSync(stacks).sort()).toEqual(["dev-account", "dev-connector-framework"]);
  mkdirSync(join(stacks, "dev-account/.terraform"));
  const { status, stderr } = run(folder, "local");
  expect(status).toBe(0);
  expect(stderr).toBe(`${join(stacks, "dev-account")} is of another synthesis, but Terraform has worked there: kept\n`);
  expect(readdirSync(stacks).sort()).toEqual(["dev-account", "local-connector-framework"]);
});

test("without a stage it is dev; the account's own stack is there where the stage says so, and never locally", () => {
  const folder = checkout();
  expect(run(folder, undefined).status).toBe(0);
  expect(stacksIn(folder)).toEqual(["dev-account", "dev-connector-framework"]);
  expect(run(folder, "local").status).toBe(0);
  expect(stacksIn(folder)).toEqual(["local-connector-framework"]);
});

describe("one line for each problem, exit 1 and no stack trace", () => {
  test("when there is no such stage", () => {
    expect(run(checkout(), "production")).toEqual({
      status: 1,
      stderr: "there is no stage production; there are local, dev, staging, prod\n",
      stdout: "",
    });
  });

  test("when the environment breaks rules", () => {
    const folder = checkout();
    writeFileSync(join(folder, "environments/dev/index.ts"), `export const environment = { stage: "dev" };\n`);
    const { status, stderr } = run(folder, "dev");
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toEqual(
      ["region", "accountId", "systems", "state"].map((field) =>
        expect.stringMatching(new RegExp(`^environments/dev: ${field}: must be given`)),
      ),
    );
  });

  test("when the functions have not been built", () => {
    const folder = checkout();
    rmSync(join(folder, "dist"), { recursive: true });
    expect(run(folder, "dev")).toEqual({
      status: 1,
      stderr: "dist/handlers/connector-framework/scheduled-start.zip is missing: run npm run build\n",
      stdout: "",
    });
  });
});

test("a stage takes little: of the provider only what it uses, in 250 MiB", () => {
  const folder = checkout();
  mkdirSync(join(folder, "measure"));
  const preload = join(folder, "measure/preload.mjs");
  writeFileSync(
    preload,
    `import { createRequire } from "node:module";
     process.on("exit", () => {
       const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("provider-aws/lib/"));
       console.log(JSON.stringify({ loaded, bytes: process.memoryUsage().rss }));
     });`,
  );
  const { status, stdout } = run(folder, "prod", { preload });
  expect(status).toBe(0);
  const { loaded, bytes } = z.object({ loaded: z.array(z.string()), bytes: z.number() }).parse(JSON.parse(stdout));
  expect(loaded.filter((path) => /provider-aws\/lib\/index\.js$/.test(path))).toEqual([]);
  expect(new Set(loaded.map((path) => path.match(/lib\/([^/]+)\//)?.[1])).size).toBeGreaterThan(30);
  expect(new Set(loaded.map((path) => path.match(/lib\/([^/]+)\//)?.[1])).size).toBeLessThanOrEqual(45);
  expect(bytes).toBeLessThan(250 * 2 ** 20);
});
