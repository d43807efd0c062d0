import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionSpec } from "../../../local/functions/function-spec.ts";

/** A temporary folder that is removed by `await using`. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "armature-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The specification of a function whose bundle is the one given file. */
export async function specOf(
  folder: string,
  source: string,
  overrides: Partial<FunctionSpec> & { file?: string } = {},
) {
  const { file = "index.mjs", ...rest } = overrides;
  await writeFile(join(folder, file), source);
  const spec: FunctionSpec = {
    name: "worker",
    arn: "arn:aws:lambda:eu-west-1:000000000000:function:worker",
    codeDirectory: folder,
    handler: "index.handler",
    environment: {},
    timeoutSeconds: 10,
    memoryMib: 256,
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    ...rest,
  };
  return spec;
}
