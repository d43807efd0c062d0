import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** What stands in for a container image on this machine. */
export interface LocalCommand {
  /** The image's entry point; the job's command is appended. `["/usr/bin/env"]` runs the job's command as it is. */
  readonly argv: readonly [string, ...string[]];
  /** @default the host's working directory */
  readonly cwd?: string;
  /** The image's own environment; everything Batch sets goes over it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Finds the local command for an image URI; may take its time, as a pull does. */
export type ImageLookup = (imageUri: string) => LocalCommand | undefined | Promise<LocalCommand | undefined>;

/** Looks for the exact URI, then for the same repository without tag and digest. */
export function lookupIn(images: ReadonlyMap<string, LocalCommand>): ImageLookup {
  return (uri) => images.get(uri) ?? images.get(uri.replace(/@[^/]*$/, "").replace(/:[^/:]*$/, ""));
}

/** The absolute path of a command as exec would find it. Throws an error that says what is missing. */
export function executablePath(command: string, cwd: string, path: string): string {
  if (!isDirectory(cwd)) throw new Error(`the directory ${cwd} does not exist`);
  const candidates = command.includes("/")
    ? [resolve(cwd, command)]
    : path.split(delimiter).map((directory) => resolve(cwd, join(directory, command)));
  const found = candidates.find(isExecutable);
  if (found === undefined)
    throw new Error(`${command} is not an executable file${command.includes("/") ? "" : " in PATH"}`);
  return found;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Whatever the reason (absent, not allowed), exec could not start it either.
    return false;
  }
}
