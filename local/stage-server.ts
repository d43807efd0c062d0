import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { listenOnLoopback } from "./loopback.ts";
import type { Stoppable } from "./shutdown.ts";
import { onlyOwnNames } from "./signatures/own-names.ts";

/** Answers one request; the response has ended when it resolves. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The stage's one public server. It knows its address before anything else is made, because what is made needs it. */
export interface StageServer extends Stoppable {
  /** Without a slash at the end. */
  readonly url: string;
  serve(handler: Serve): void;
}

/** Answers 503 and says why. */
export const unavailable =
  (doing: "starting" | "stopping"): Serve =>
  async (_, response) => {
    response.writeHead(503, { "content-type": "text/plain" }).end(`the stage is ${doing}\n`);
  };

/**
 * Listens on 127.0.0.1, under its own names only, and answers 503 until it is told how to serve.
 *
 * @param port 0 for a free one
 * @throws Error saying what to set when the port is in use
 */
export async function listen(port: number): Promise<StageServer> {
  let handler = unavailable("starting");
  const answer: RequestListener = (request, response) => {
    handler(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
  const server = createServer(onlyOwnNames(answer));
  const { url, stop } = await listenOnLoopback(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(`port ${port} is in use: set PORT to another one, or to 0 for one that is free`);
  });
  return {
    url,
    stop,
    serve(next) {
      handler = next;
    },
  };
}
