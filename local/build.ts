import { spawn } from "node:child_process";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");

/**
 * Bundles the handlers and synthesizes stage `local` into a directory, with the same programs that a deployment uses.
 *
 * @throws Error with what the program said, when one fails
 */
export async function buildAndSynthesize(stacksDirectory: string): Promise<void> {
  await run("handlers/build.ts", {});
  await run("main.ts", { STAGE: "local", CDKTF_OUTDIR: stacksDirectory });
}

function run(program: string, variables: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(project, program)], {
      cwd: project,
      env: { ...process.env, ...variables },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} failed: ${said.trim() || `exit code ${code}`}`));
    });
  });
}
