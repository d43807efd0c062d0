import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import * as z from "zod";

/** What may become of a request. */
type Fault = "throttled" | "fails" | "fails after all" | "loses the request" | "loses the answer";
const faults: readonly Fault[] = ["throttled", "fails", "fails after all", "loses the request", "loses the answer"];

/** How the services say that they are busy, or that the fault is theirs. */
const wording = {
  throttled: { status: 400, type: "ThrottlingException", message: "Rate exceeded" },
  fails: { status: 500, type: "InternalServerError", message: "Internal server error" },
} as const;

export interface FaultyNetworkOptions {
  /** Of a thousand requests, how many go wrong. */
  readonly perMille: number;
  /** The next number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Stands between clients and servers, and has some requests go wrong in the way networks and services do: before they
 * took effect or after. Requests pass as they are, signatures too.
 */
export function faultyNetwork({ perMille, random }: FaultyNetworkOptions) {
  const counts = { requests: 0, faults: 0 };
  const servers: ReturnType<typeof createServer>[] = [];

  async function forward(incoming: IncomingMessage, body: Buffer, to: URL) {
    const { method = "GET", url: path = "/", headers } = incoming;
    const outgoing = request({ host: to.hostname, port: to.port, method, path, headers, agent: false });
    outgoing.end(body);
    const [answer] = await once(outgoing, "response");
    return { status: Number(answer.statusCode), headers: answer.headers, body: await read(answer) };
  }

  async function pass(incoming: IncomingMessage, response: ServerResponse, to: URL): Promise<void> {
    counts.requests++;
    const fault = random() * 1000 < perMille ? faults[Math.floor(random() * faults.length)] : undefined;
    if (fault) counts.faults++;
    const body = await read(incoming);
    const refuse = ({ status, type, message }: (typeof wording)["throttled" | "fails"]) =>
      response
        .writeHead(status, { "Content-Type": "application/json", "x-amzn-ErrorType": type })
        .end(JSON.stringify({ __type: type, message }));
    if (fault === "throttled" || fault === "fails") return void refuse(wording[fault]);
    if (fault === "loses the request") return void incoming.socket.destroy();
    const answer = await forward(incoming, body, to);
    if (fault === "loses the answer") return void incoming.socket.destroy();
    if (fault === "fails after all") return void refuse(wording.fails);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  return {
    counts,
    /** @returns a URL on this machine that leads, most of the time, to the server */
    async to(endpoint: string): Promise<string> {
      const server = createServer((incoming, response) => {
        pass(incoming, response, new URL(endpoint)).catch(() => incoming.socket.destroy());
      });
      servers.push(server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = z.object({ port: z.number() }).parse(server.address());
      return `http://127.0.0.1:${port}`;
    },
    async stop(): Promise<void> {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
