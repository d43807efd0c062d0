import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = join(import.meta.dirname, "../..");

/** The project's linter on a file that imports a module. */
function lint(module: string) {
  const folder = mkdtempSync(join(tmpdir(), "armature-lint-"));
  try {
    cpSync(join(project, "biome.json"), join(folder, "biome.json"));
    writeFileSync(join(folder, "file.ts"), `import type { Vpc } from "${module}";\n\nexport type Net = Vpc;\n`);
    const biome = join(project, "node_modules/.bin/biome");
    const { status, stdout, stderr } = spawnSync(biome, ["lint", "--vcs-enabled=false", "--reporter=github", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, said: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([
  "@cdktf/provider-aws",
  "@cdktf/provider-aws/lib",
  "@cdktf/provider-aws/lib/index",
  "@cdktf/provider-aws/lib/index.js",
])("the linter refuses the provider's index by the name %s", (module) => {
  expect(lint(module)).toEqual({
    status: 1,
    said: expect.stringContaining("title=lint/style/noRestrictedImports"),
  });
});

test("the linter takes a resource's own folder", () => {
  expect(lint("@cdktf/provider-aws/lib/vpc/index.js")).toEqual({ status: 0, said: "" });
});
