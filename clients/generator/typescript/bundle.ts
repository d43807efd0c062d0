import { join } from "node:path";
import { build } from "esbuild";
import type { PublishedApi } from "../published-api.ts";
import { factoryName } from "./declarations.ts";

const project = join(import.meta.dirname, "../../..");

export interface ClientBundle {
  readonly text: string;
  /** Packages it imports. */
  readonly packages: readonly string[];
}

/** The client's code (`index.js`): the description and the engine that every client of ours has, in one readable file. */
export async function bundleClient(published: PublishedApi): Promise<ClientBundle> {
  const { module, name } = published.source;
  const { outputFiles, metafile } = await build({
    absWorkingDir: project,
    stdin: {
      contents: `
        import { createApiClient } from "./handlers/runtime/api/client.ts";
        import { ${name} } from "./${module}";
        export { ApiError, NoAnswerError } from "./handlers/runtime/api/client.ts";
        export { items, paginate } from "./handlers/runtime/api/pages.ts";
        export const ${factoryName(published)} = (options) => createApiClient(${name}, options);`,
      sourcefile: "index.js",
      resolveDir: project,
    },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    banner: { js: "// Made from the description of the API by npm run build:clients: do not edit." },
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const packages = imports.filter(({ external }) => external).map(({ path }) => path);
  return {
    text: outputFiles.map(({ text }) => text).join(""),
    packages: [...new Set(packages)].sort(),
  };
}
