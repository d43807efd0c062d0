import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type GeneratedFile, generatedFiles } from "../../clients/generator/generated-files.ts";
import { publishedApis } from "../../clients/generator/published-apis.ts";

const project = join(__dirname, "../..");
const generate = async () => (await Promise.all(publishedApis.map(generatedFiles))).flat();

let files: readonly GeneratedFile[];
beforeAll(async () => {
  files = await generate();
});

test("the files in the repository are what the descriptions make: else npm run build:clients was forgotten", () => {
  const stale = files.filter(([path, content]) => {
    const file = join(project, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== content;
  });
  expect(stale.map(([path]) => path)).toEqual([]);
});

test("nothing is left of what was made once and is made no more", () => {
  const folders = publishedApis.map(({ api }) => `clients/${api.name}`);
  const found = folders.flatMap((folder) => globSync(`${folder}/**/*.*`, { cwd: project }));
  const made = new Set(files.map(([path]) => path));
  expect(found.filter((path) => !made.has(path) && !path.endsWith("README.md"))).toEqual([]);
});

test("the same descriptions make the same bytes, which know nothing of the machine", async () => {
  expect(await generate()).toEqual(files);
  for (const [, content] of files) {
    expect(content).not.toContain(project);
    expect(content.endsWith("\n")).toBe(true);
  }
});
