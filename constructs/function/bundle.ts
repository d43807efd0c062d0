import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SynthesisError } from "../validation/index.ts";

/** A function's zip, as the build made it. */
export interface Bundle {
  readonly path: string;
  /** Base64 of the SHA-256 of the zip: what Lambda itself compares. */
  readonly sha256: string;
}

/**
 * Finds the zip of a function.
 *
 * @throws SynthesisError when the build has not made it
 */
export function findBundle(bundles: string, handler: string): Bundle {
  const path = join(bundles, `${handler}.zip`);
  if (!existsSync(path)) throw new SynthesisError([`dist/handlers/${handler}.zip is missing: run npm run build`]);
  return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("base64") };
}
