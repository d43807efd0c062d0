import { html } from "hono/html";
import type { Output } from "../provision.ts";
import type { StageReport } from "./report.ts";

/** `{ "<system>": { "<output>": value } }`, as `terraform output` names them. */
export function outputsJson({ systems }: StageReport): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    [...systems].map(([system, outputs]) => [
      system,
      Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
    ]),
  );
}

/** The page at `/`: what runs here and where. `hasLog` tells which log groups can be read. */
export async function frontPage({ url, systems }: StageReport, hasLog: (logGroup: string) => boolean): Promise<string> {
  const row = ({ name, value, description }: Output) =>
    html`<tr><th scope="row">${name}</th><td>${shown(name, value, hasLog)}</td><td>${description}</td></tr>`;
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
secret <code>local</code>. The same values as JSON: <a href="/outputs.json">outputs.json</a>. What a job wrote:
<code>/job-logs/&lt;log_stream_name&gt;</code>.</p>
${[...systems].map(section)}
</html>
`;
  return page.toString();
}

/** A log group can be read here, once something has been written to it. */
function shown(name: string, value: unknown, hasLog: (logGroup: string) => boolean) {
  const code = html`<code>${value}</code>`;
  const isLog = name.startsWith("log_group_") && typeof value === "string" && hasLog(value);
  return isLog ? html`<a href="/logs${value}.log">${code}</a>` : code;
}
