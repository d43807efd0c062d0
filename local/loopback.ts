import type { Server } from "node:http";
import type { Stoppable } from "./shutdown.ts";

/** A server that listens on this machine's loopback address and nowhere else. */
export interface LoopbackServer extends Stoppable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
}

/**
 * Lets a server listen on 127.0.0.1. `stop` closes it with every connection it has.
 *
 * @param port 0 for a free one
 * @throws NodeJS.ErrnoException `EADDRINUSE` when the port is taken
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<LoopbackServer> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens and has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
