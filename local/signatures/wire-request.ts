import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

/** A header or a query parameter, in the order it was sent. Names keep their case. */
export type NameValue = readonly [name: string, value: string];

/** A request as it was on the wire: the signature covers these bytes and no decoded form of them. */
export interface WireRequest {
  readonly method: string;
  /** The whole path the client sent, still percent-encoded. */
  readonly path: string;
  /** The decoded parameters, in the order sent. */
  readonly query: readonly NameValue[];
  readonly headers: readonly NameValue[];
  readonly body: Uint8Array;
}

/** What of Node's own request a signature covers, besides the body. */
export type RequestHead = Pick<IncomingMessage, "method" | "url" | "rawHeaders">;

/** @throws URIError when the query string cannot be decoded */
export function wireRequest({ method = "", url = "", rawHeaders }: RequestHead, body: Uint8Array): WireRequest {
  const { path, query } = splitTarget(url);
  return { method, path, query: parseQuery(query), headers: headerList(rawHeaders), body };
}

/** A target split at the first `?`, both sides as they were on the wire. */
export interface RawTarget {
  readonly path: string;
  readonly query: string;
}

export function splitTarget(target: string): RawTarget {
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * The parameters of a raw query string, decoded: `+` is a space, a name without `=` has the value "".
 * @throws URIError when a percent sign does not start an encoded UTF-8 character
 */
export function parseQuery(query: string, separator: string | RegExp = "&"): NameValue[] {
  return query
    .split(separator)
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals < 0
        ? [decodeQuery(part), ""]
        : [decodeQuery(part.slice(0, equals)), decodeQuery(part.slice(equals + 1))];
    });
}

const decodeQuery = (text: string) => decodeURIComponent(text.replaceAll("+", " "));

/** The headers as sent: case and order kept, repeated ones kept apart. */
export function headerList(rawHeaders: readonly string[]): NameValue[] {
  const headers: NameValue[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  return headers;
}

/** The value of a header by lower-case name; repeated headers are joined by commas. */
export function headerValue(headers: readonly NameValue[], name: string): string | undefined {
  let found: string | undefined;
  for (const [key, value] of headers) {
    // Most names differ in length already: this is asked a dozen times of every request.
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    found = found === undefined ? value : `${found},${value}`;
  }
  return found;
}

/**
 * Reads the body to its end, so that the client can always read the answer, but keeps no more than the limit.
 * @returns undefined when the body is larger than the limit
 * @throws Error when the client goes away before the end
 */
export async function readBody(request: Readable, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= limitBytes) chunks.push(bytes);
    else chunks.length = 0;
  }
  return length > limitBytes ? undefined : Buffer.concat(chunks);
}
