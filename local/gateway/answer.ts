import type { ServerResponse } from "node:http";
import type { NameValue } from "./http-request.ts";

/** What is sent to the client. */
export interface Answer {
  readonly status: number;
  /** A name that occurs more than once is sent more than once. */
  readonly headers: readonly NameValue[];
  readonly body: Buffer;
}

/** Adds headers, replacing those of the same name in whatever case. */
export function withHeaders(answer: Answer, headers: readonly NameValue[]): Answer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return { ...answer, headers: [...answer.headers.filter(([name]) => !names.has(name.toLowerCase())), ...headers] };
}

/** Sends the answer and resolves when it has been handed to the socket, or the client has gone. */
export function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once("close", resolve);
    const length = status === 204 ? [] : ["Content-Length", String(body.length)];
    response.writeHead(status, [...headers.flat(), ...length]);
    response.end(body, resolve);
  });
}
