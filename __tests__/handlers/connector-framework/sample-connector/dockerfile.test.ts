import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { project, temporaryDirectory } from "../../../helpers/stage-process.ts";

const folder = "handlers/connector-framework/sample-connector";

/** Instructions of the Dockerfile, comments and line ends within them taken out. */
const instructions = readFileSync(join(project, folder, "Dockerfile"), "utf8")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => {
    const [, name = "", value = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { name, value };
  });
const valuesOf = (name: string) => instructions.filter((one) => one.name === name).map(({ value }) => value);

const directory = temporaryDirectory();
beforeAll(() => {
  for (const path of ["handlers", "docs", "package.json", "tsconfig.json"])
    cpSync(join(project, path), join(directory.path, path), { recursive: true });
  mkdirSync(join(directory.path, "dist"));
  symlinkSync(join(project, "node_modules"), join(directory.path, "node_modules"));
  execFileSync(join(project, "node_modules/.bin/node"), ["handlers/build.ts"], { cwd: directory.path, stdio: "pipe" });
});
afterAll(() => directory.remove());

test("what it copies is there after the build, and what it runs is among it", () => {
  const copied = valuesOf("COPY").map((value) => z.tuple([z.string(), z.string()]).parse(value.split(" ")));
  expect(copied).toHaveLength(2);
  for (const [source] of copied)
    expect({ source, there: existsSync(join(directory.path, source)) }).toEqual({ source, there: true });
  const command = z.array(z.string()).parse(JSON.parse(valuesOf("CMD")[0] ?? ""));
  const intoWorkdir = copied.filter(([, target]) => target === "./").map(([source]) => source);
  expect(intoWorkdir.map((source) => existsSync(join(directory.path, source, command.at(-1) ?? "")))).toEqual([true]);
});

test("the build sees nothing beside what it copies", () => {
  const rules = readFileSync(join(project, folder, "Dockerfile.dockerignore"), "utf8").split("\n");
  const [first, ...seen] = rules.filter((line) => line !== "" && !line.startsWith("#"));
  expect(first).toBe("*");
  expect(seen.map((rule) => `${rule.slice(1)}/`)).toEqual(valuesOf("COPY").map((value) => value.split(" ")[0]));
});

test("its base is one version, and what runs is not root and hears when it is to stop", () => {
  expect(valuesOf("FROM")).toEqual([expect.stringMatching(/^public\.ecr\.aws\/docker\/library\/node:\d+\.\d+\.\d+-/)]);
  expect(instructions.map(({ name }) => name).slice(-3)).toEqual(["USER", "STOPSIGNAL", "CMD"]);
  expect(valuesOf("USER")).toEqual(["1000:1000"]);
  expect(valuesOf("STOPSIGNAL")).toEqual(["SIGTERM"]);
  expect(valuesOf("CMD")[0]).toMatch(/^\["node", /);
});

test("the bundle has nothing of targets that the connector does not use", () => {
  const bundle = join(directory.path, "dist/handlers/connector-framework/sample-connector/index.mjs");
  expect(readFileSync(bundle, "utf8")).not.toContain("BatchPutDocument");
  expect(statSync(bundle).size / 1000).toBeLessThan(600);
});
