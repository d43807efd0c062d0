import { createReadStream, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** Sends a log file as text, or 404. A file that cannot be read any more ends the connection. */
export async function sendLog(file: string | undefined, response: ServerResponse): Promise<void> {
  if (!file || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("there is no such log\n");
    return;
  }
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  await pipeline(createReadStream(file), response);
}

/** A file below a directory by a path from a URL; undefined when the path leads out of it. */
export function fileBelow(directory: string, path: string): string | undefined {
  const file = normalize(join(directory, path));
  return file.startsWith(directory + sep) ? file : undefined;
}
