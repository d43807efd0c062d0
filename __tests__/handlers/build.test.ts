import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { project, temporaryDirectory } from "../helpers/stage-process.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

/** A copy of the handlers in a folder of its own, with the project's packages. */
function copyOfHandlers(name: string): string {
  const copy = join(directory.path, name);
  mkdirSync(copy, { recursive: true });
  cpSync(join(project, "handlers"), join(copy, "handlers"), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(project, file), join(copy, file));
  symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const build = (copy: string, environment: Readonly<Record<string, string>> = {}) =>
  execFileSync(join(project, "node_modules/.bin/node"), ["handlers/build.ts"], {
    cwd: copy,
    env: { ...process.env, ...environment },
    encoding: "utf8",
    stdio: "pipe",
  });

const outputs = (copy: string): Map<string, string> => {
  const root = join(copy, "dist/handlers/connector-framework");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /\.\w+$/.test(file));
  return new Map(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    ]),
  );
};

test("the same source gives the same bytes in another folder, at another time, in another time zone", () => {
  const [here, there] = [copyOfHandlers("here"), copyOfHandlers("elsewhere")];
  utimesSync(join(there, "handlers/connector-framework/api/index.ts"), 0, 0);
  build(here);
  build(there, { TZ: "Asia/Tokyo" });
  expect([...outputs(here).keys()]).toEqual(expect.arrayContaining(["api.zip", "orchestrator.zip", "job-status.zip"]));
  expect(outputs(there)).toEqual(outputs(here));
});

test("a function's zip holds its bundle and source map; a container has no zip; what lost its source goes", () => {
  const copy = copyOfHandlers("contents");
  const dist = join(copy, "dist/handlers/connector-framework");
  mkdirSync(join(dist, "gone"), { recursive: true });
  writeFileSync(join(dist, "gone.zip"), "stale");
  build(copy);
  expect(Object.keys(unzipSync(readFileSync(join(dist, "api.zip")))).sort()).toEqual(["index.mjs", "index.mjs.map"]);
  expect(existsSync(join(dist, "sample-connector/index.mjs"))).toBe(true);
  expect(existsSync(join(dist, "sample-connector.zip"))).toBe(false);
  expect(existsSync(join(dist, "gone"))).toBe(false);
  expect(existsSync(join(dist, "gone.zip"))).toBe(false);
});

test("no function's bundle is larger than its cold start should pay for: 600 KB", () => {
  const copy = copyOfHandlers("budget");
  build(copy);
  for (const name of ["api", "orchestrator", "job-status"]) {
    const { size } = statSync(join(copy, "dist/handlers/connector-framework", name, "index.mjs"));
    expect({ name, within: size / 1000 < 600 }).toEqual({ name, within: true });
  }
});
