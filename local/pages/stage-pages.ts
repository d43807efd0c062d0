import { existsSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { Serve } from "../stage-server.ts";
import { frontPage, outputsJson } from "./front-page.ts";
import { fileBelow, sendLog } from "./logs.ts";
import type { StageReport } from "./report.ts";

export interface PagesOptions {
  readonly report: StageReport;
  /** Serves everything that is no page of the stage's own. */
  readonly apis: Serve;
  readonly logsDirectory: string;
  /** The file behind a job's log stream. */
  readonly jobLogs: (logStreamName: string) => string | undefined;
}

/** The stage's own pages, and its APIs behind them. A request is read no further than its path's first words. */
export function stagePages({ report, apis, logsDirectory, jobLogs }: PagesOptions): Serve {
  const hasLog = (logGroup: string) => existsSync(join(logsDirectory, `${logGroup}.log`));
  return async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    if (request.method !== "GET") return apis(request, response);
    if (path === "/") return send(response, "text/html; charset=utf-8", await frontPage(report, hasLog));
    if (path === "/outputs.json")
      return send(response, "application/json", `${JSON.stringify(outputsJson(report), null, 2)}\n`);
    const log = /^\/(job-logs|logs)\/(.+)$/.exec(path);
    if (!log) return apis(request, response);
    const name = decoded(log[2] ?? "");
    if (name === undefined) return send(response, "text/plain", "the path is not valid percent-encoding\n", 400);
    return sendLog(log[1] === "logs" ? fileBelow(logsDirectory, name) : jobLogs(name), response);
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const send = (response: ServerResponse, type: string, body: string, status = 200) => {
  response.writeHead(status, { "content-type": type }).end(body);
};
