/**
 * Bundles every `handlers/<system>/<name>/index.ts` that has an `environment.ts` beside it into `dist/handlers/<system>/<name>/index.mjs` (with its source map)
 * and zips the functions beside it. A folder with a Dockerfile is a container: bundled, not zipped.
 *
 * The same source gives the same bytes on any machine: entries are sorted, times fixed, and the zip is compressed in
 * JavaScript, because what zlib writes differs between processors.
 */
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";

const root = import.meta.dirname;
const outputDirectory = join(root, "..", "dist", "handlers");

/** The earliest date a zip can hold, as a local time: zips carry no time zone. */
const fixedTime = new Date(1980, 0, 1);

/** Some dependencies are CommonJS inside and call `require`, which an ES module does not have. */
const requireShim =
  'import{createRequire as createRequireOfThisBundle}from"node:module";const require=createRequireOfThisBundle(import.meta.url);';

interface Bundle {
  /** `<system>/<name>` */
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

async function bundle(name: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`${name}/index.ts`],
    outfile: join(outputDirectory, name, "index.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    mainFields: ["module", "main"],
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    banner: { js: requireShim },
    write: false,
    logLevel: "error",
  });
  const directory = join(outputDirectory, name);
  const files = result.outputFiles.map(({ path, contents }) => [path.slice(directory.length + 1), contents] as const);
  return { name, files: Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function write({ name, files }: Bundle): void {
  for (const [file, contents] of Object.entries(files)) put(join(outputDirectory, name, file), contents);
  if (existsSync(join(root, name, "Dockerfile"))) return;
  const zip = zipSync(files, { level: 9, mtime: fixedTime, os: 3, attrs: 0o100644 << 16 });
  put(join(outputDirectory, `${name}.zip`), zip);
}

/** Leaves a file alone that is right already: a stage may be running from it. */
function put(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  const fresh = join(dirname(file), `.${process.pid}-${basename(file)}`);
  writeFileSync(fresh, contents);
  renameSync(fresh, file);
}

/** What runs by itself declares the variables it reads; other folders with an index are parts of these. */
const names = globSync("*/*/environment.ts", { cwd: root }).map(dirname).sort();
for (const stale of globSync("*/*", { cwd: outputDirectory })) {
  if (!names.includes(stale.replace(/\.zip$/, ""))) rmSync(join(outputDirectory, stale), { recursive: true });
}
const bundles = await Promise.all(names.map(bundle));
for (const item of bundles) write(item);
