import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
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
