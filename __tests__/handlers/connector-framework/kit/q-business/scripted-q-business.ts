import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Server } from "node:net";

/** A request as the SDK sent it. */
export interface Request {
  readonly call: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a call is answered with, once, instead of success. */
export type Answer =
  | { readonly refuse: { readonly status: number; readonly type: string; readonly message: string } }
  | { readonly failed: readonly object[] };

const routes = [
  ["POST", /^\/applications\/([^/]+)\/indices\/([^/]+)\/datasources\/([^/]+)\/startsync$/, "start"],
  ["POST", /^\/applications\/([^/]+)\/indices\/([^/]+)\/datasources\/([^/]+)\/stopsync$/, "stop"],
  ["POST", /^\/applications\/([^/]+)\/indices\/([^/]+)\/documents$/, "put"],
  ["POST", /^\/applications\/([^/]+)\/indices\/([^/]+)\/documents\/delete$/, "delete"],
  ["PUT", /^\/bucket\/(.+)$/, "store"],
] as const;

/** What an answer needs, of either version of HTTP. */
interface Response {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/**
 * A stand-in for the wire protocol of Amazon Q Business, and for the one call of S3 that goes with it: there is no
 * emulator of Amazon Q Business. What the service makes of a request is not known here, only what is sent.
 */
export async function startScriptedQBusiness() {
  const requests: Request[] = [];
  const scripted = new Map<string, Answer[]>();
  let syncs = 0;

  async function answer(request: IncomingMessage | Http2ServerRequest, response: Response): Promise<void> {
    const url = new URL(request.url ?? "", "http://q");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, pattern, call] =
      routes.find(([method, path]) => method === request.method && path.test(url.pathname)) ?? [];
    if (!call || !pattern) throw new Error(`nothing is known of ${request.method} ${url.pathname}`);
    const bytes = Buffer.concat(chunks);
    const [, ...names] = pattern.exec(url.pathname) ?? [];
    const sent = call === "store" ? { length: bytes.length } : JSON.parse(bytes.toString() || "{}");
    requests.push({ call, body: { names, ...sent } });
    const script = scripted.get(call)?.shift();
    response.setHeader("Content-Type", "application/json");
    if (script && "refuse" in script) {
      response.statusCode = script.refuse.status;
      response.setHeader("x-amzn-ErrorType", script.refuse.type);
      response.end(JSON.stringify({ message: script.refuse.message }));
    } else if (call === "start") response.end(JSON.stringify({ executionId: `sync-${++syncs}` }));
    else response.end(JSON.stringify(script ? { failedDocuments: script.failed } : {}));
  }

  // The SDK speaks HTTP/2 with Amazon Q Business, and HTTP/1.1 with S3.
  const serve = (request: IncomingMessage | Http2ServerRequest, response: Response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 501;
      response.end(String(error));
    });
  };
  const sessions: ServerHttp2Session[] = [];
  const service = createHttp2Server(serve).on("session", (session) => sessions.push(session));
  const s3 = createServer(serve);
  const [endpoint, s3Endpoint] = [await listen(service), await listen(s3)];
  return {
    endpoint,
    s3Endpoint,
    requests,
    calls: () => requests.map(({ call }) => call),
    script(call: string, ...answers: readonly Answer[]) {
      scripted.set(call, [...answers]);
    },
    reset() {
      requests.length = 0;
      scripted.clear();
      syncs = 0;
    },
    async stop(): Promise<void> {
      for (const session of sessions) session.destroy();
      s3.closeAllConnections();
      await Promise.all([service, s3].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

export type ScriptedQBusiness = Awaited<ReturnType<typeof startScriptedQBusiness>>;

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
