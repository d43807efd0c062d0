import { createReadStream, existsSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join, normalize, sep } from "node:path";
import { html } from "hono/html";
import type { Output } from "./provision.ts";

/** What the stage tells about itself. */
export interface StageReport {
  readonly url: string;
  /** Outputs of every system, by its name. */
  readonly systems: ReadonlyMap<string, readonly Output[]>;
}

/** `{ "<system>": { "<output>": value } }`, as `terraform output` names them. */
export function outputsJson({ systems }: StageReport): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    [...systems].map(([system, outputs]) => [
      system,
      Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
    ]),
  );
}

/** The page at `/`: what runs here and where. */
export async function frontPage({ url, systems }: StageReport): Promise<string> {
  const row = ({ name, value, description }: Output) =>
    html`<tr><th scope="row">${name}</th><td><code>${value}</code></td><td>${description}</td></tr>`;
  const section = ([system, outputs]: [string, readonly Output[]]) =>
    html`<h2>${system}</h2><table>${outputs.map(row)}</table>`;
  const page = await html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Armature, stage local</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark }
  table { border-collapse: collapse; width: 100% }
  th, td { border-top: 1px solid #8884; padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top }
  th { font-weight: 600; white-space: nowrap }
  code { overflow-wrap: anywhere }
</style>
<h1>Armature, stage local</h1>
<p>Everything here runs on this machine, at <code>${url}</code>. Sign requests with access key <code>local</code> and
secret <code>local</code>. The same values as JSON: <a href="/outputs.json">outputs.json</a>.</p>
${[...systems].map(section)}
</html>
`;
  return page.toString();
}

/** Sends a log file from the directory of logs, or 404. */
export function sendLog(file: string | undefined, response: ServerResponse): void {
  if (!file || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("there is no such log\n");
    return;
  }
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  createReadStream(file).pipe(response);
}

/** A file below a directory by a path from a URL; undefined when the path leads out of it. */
export function fileBelow(directory: string, path: string): string | undefined {
  const file = normalize(join(directory, path));
  return file.startsWith(directory + sep) ? file : undefined;
}
