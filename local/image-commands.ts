import { localImages } from "../environments/local/images.ts";
import type { StartOptions } from "./command-line.ts";
import type { LocalCommand } from "./services/batch/image.ts";

/**
 * What runs in the place of each image: the stage's own, and more beside or instead of them. `node` is the Node this runs
 * on: the one the project pins.
 */
export function imageCommands(more: StartOptions["images"]): Map<string, LocalCommand> {
  const commands = [...Object.entries(localImages).map(([uri, { command }]) => [uri, command] as const), ...more];
  return new Map(
    commands.map(([uri, [program = "", ...args]]) => [
      uri,
      { argv: [program === "node" ? process.execPath : program, ...args] },
    ]),
  );
}
