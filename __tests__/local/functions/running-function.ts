import {
  createLocalFunction,
  type LocalFunction,
  type LocalFunctionOptions,
} from "../../../local/functions/local-function.ts";
import { specOf, temporaryFolder } from "./bundle.ts";

type Overrides = Parameters<typeof specOf>[2];

/** A function from source, gone with its files at the end of the test. */
export async function functionOf(source: string, overrides: Overrides = {}, options: LocalFunctionOptions = {}) {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const spec = await specOf(folder.path, source, overrides);
  let fn: LocalFunction;
  try {
    fn = createLocalFunction(spec, { echo: (line) => lines.push(line), ...options });
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
  return {
    fn,
    lines,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await fn.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Whether a process exists. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits for a condition. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
