import type { RequestListener } from "node:http";

const names: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);

/**
 * Whether a Host header names this machine's loopback address, with any port. A page on the web could otherwise reach
 * a server of the stage by letting its own name point here (DNS rebinding).
 */
export const isOwnName = (host: string | undefined) =>
  host !== undefined && names.has(host.toLowerCase().replace(/:\d+$/, ""));

/** What a request under another name gets, from every server of the stage. */
export const unknownName = {
  status: 403,
  headers: { "content-type": "text/plain", connection: "close" },
  body: "this server goes by 127.0.0.1 and localhost only\n",
} as const;

/** Lets only requests under the server's own names through. */
export function onlyOwnNames(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (isOwnName(request.headers.host)) return listener(request, response);
    request.resume();
    return response.writeHead(unknownName.status, unknownName.headers).end(unknownName.body);
  };
}
