import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Environment } from "../environments/index.ts";
import type { StartOptions } from "./command-line.ts";
import type { DataDirectory } from "./data-directory.ts";
import { createEventBus } from "./events/event-bus.ts";
import { fileBelow, frontPage, outputsJson, type StageReport, sendLog } from "./front-page.ts";
import { type Output, provision } from "./provision.ts";
import type { StageContext } from "./resources/stage-context.ts";
import type { LocalCommand } from "./services/batch/image.ts";
import { startServices } from "./services/index.ts";
import { createShutdown, type Stoppable } from "./shutdown.ts";
import { readStacks } from "./terraform/stack-file.ts";
import { wire } from "./wiring.ts";

export interface StageOptions extends Pick<StartOptions, "port" | "awsEndpoint"> {
  readonly environment: Environment;
  readonly data: DataDirectory;
  /** Synthesized tree to run. */
  readonly stacksDirectory: string;
  readonly images: ReadonlyMap<string, LocalCommand>;
  /** Told what goes on, a line at a time. */
  readonly progress: (line: string) => void;
  /** Told what goes wrong outside any request. */
  readonly log: (line: string) => void;
}

/** A running stage. */
export interface Stage extends Stoppable, StageReport {}

/**
 * Runs synthesized stacks on this machine: their services, their resources, what connects them, and one server on
 * 127.0.0.1 for their APIs.
 *
 * @throws Error with one clear line when something cannot start; whatever had started is stopped then
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const { environment, data, progress, log } = options;
  const shutdown = createShutdown();
  try {
    const server = shutdown.add(await listen(options.port));
    const wired = Promise.withResolvers<void>();

    progress("starting services");
    const { region, accountId } = environment;
    const { awsEndpoint, images } = options;
    const bus = createEventBus({ account: accountId, region });
    const services = await startServices(
      { data, region, accountId, awsEndpoint, images, bus, wired: wired.promise, log },
      shutdown,
    );

    const { dynamodb, sqs, batch } = services;
    const context: StageContext = {
      ...{ region, accountId, dynamodb, sqs, batch, url: server.url, directories: data },
      namePrefix: `${environment.project}-${environment.stage}-`,
      serviceEndpoints: services.endpointVariables,
      declarations: { functions: new Map(), rules: new Map(), mappings: [], apis: new Map() },
    };
    const systems = new Map<string, readonly Output[]>();
    for (const stack of readStacks(options.stacksDirectory)) {
      progress(`making ${stack.name}`);
      systems.set(stack.name.replace(`${environment.stage}-`, ""), await provision(stack, context));
    }
    const apis = await wire({ context, services, bus, data, log }, shutdown);
    wired.resolve();
    const report = { url: server.url, systems };
    server.serve((request, response) => serve(request, response, { report, apis, data, jobLogs: services.jobLogs }));
    const stop = () => {
      server.serve(unavailable("stopping"));
      return shutdown.stop();
    };
    return { ...report, stop };
  } catch (error) {
    await shutdown.stop().catch((second: unknown) => log(`while stopping: ${String(second)}`));
    throw error;
  }
}

interface Serving {
  readonly report: StageReport;
  readonly apis: Awaited<ReturnType<typeof wire>>;
  readonly data: DataDirectory;
  readonly jobLogs: (logStreamName: string) => string | undefined;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { report, apis, data, jobLogs } = serving;
  const { pathname } = new URL(request.url ?? "/", report.url);
  const [, page = "", ...rest] = pathname.split("/");
  const name = decodeURIComponent(rest.join("/"));
  if (request.method !== "GET" || !["", "outputs.json", "job-logs", "logs"].includes(page))
    return apis(request, response);
  if (page === "job-logs") return sendLog(jobLogs(name), response);
  if (page === "logs") return sendLog(fileBelow(data.logs, name), response);
  if (page === "outputs.json")
    return send(response, "application/json", `${JSON.stringify(outputsJson(report), null, 2)}\n`);
  return send(response, "text/html; charset=utf-8", await frontPage(report));
}

const send = (response: ServerResponse, type: string, body: string) => {
  response.writeHead(200, { "content-type": type }).end(body);
};

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const unavailable =
  (doing: string): Serve =>
  async (_, response) => {
    response.writeHead(503, { "content-type": "text/plain" }).end(`the stage is ${doing}\n`);
  };

/** Listens before anything else is made, because what is made needs the address. Answers 503 until told how to serve. */
async function listen(port: number): Promise<Stoppable & { readonly url: string; serve(handler: Serve): void }> {
  let handler = unavailable("starting");
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`port ${port} is in use: set PORT to another one, or to 0 for one that is free`)
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve(next) {
      handler = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
