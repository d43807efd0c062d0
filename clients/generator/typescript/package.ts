import * as z from "zod";
import packageJson from "../../../package.json" with { type: "json" };
import type { PublishedApi } from "../published-api.ts";

const versions = z.record(z.string(), z.string()).parse(packageJson.dependencies);

/**
 * The package's `package.json`: what the bundle and its declarations import, in the versions this project is tested with.
 *
 * @throws Error naming a package that the project itself does not depend on
 */
export function packageDescription({ api }: PublishedApi, imported: readonly string[]): object {
  const dependencies = [...new Set([...imported, "@aws-sdk/types"])].sort().map((name) => {
    const version = versions[name];
    if (version === undefined) throw new Error(`${name} is imported by the client but not in package.json`);
    return [name, version];
  });
  return {
    name: `@armature/${api.name}-client`,
    version: packageJson.version,
    description: `Client of the ${api.title} API, version ${api.version}`,
    license: packageJson.license,
    private: true,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    files: ["index.js", "index.d.ts"],
    engines: { node: ">=20.9" },
    dependencies: Object.fromEntries(dependencies),
  };
}
