/**
 * Writes what is made from the APIs' descriptions: OpenAPI documents, boto3's service models, TypeScript clients, the
 * reference. The files are in the repository; with `--check` nothing is written, and those that are not up to date are
 * named.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./generated-files.ts";
import { publishedApis } from "./published-apis.ts";

const project = join(import.meta.dirname, "../..");
const files = (await Promise.all(publishedApis.map(generatedFiles))).flat();
const stale = files.filter(([path, content]) => {
  const file = join(project, path);
  return !existsSync(file) || readFileSync(file, "utf8") !== content;
});

if (process.argv.includes("--check")) {
  for (const [path] of stale) console.error(`${path} is not what npm run build:clients makes`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [path, content] of stale) {
    const file = join(project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(path);
  }
}
