import type { IncomingMessage } from "node:http";
import { malformedRequest } from "./refusal.ts";

/** AWS: "Quotas for configuring and running a REST API in API Gateway", payload size: 10 MB, not raisable. */
export const maximumPayloadBytes = 10 * 1024 * 1024;

/** A header or a query parameter, in the order it was sent. Names keep their case. */
export type NameValue = readonly [name: string, value: string];

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
 * @param separator `&`, or also `;`, at which API Gateway splits the query of the event it makes (AWS: "Amazon API
 * Gateway important notes")
 * @throws Refusal 400 when a percent sign does not start an encoded UTF-8 character
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

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw malformedRequest();
  }
}

/** The headers as sent: case and order kept, repeated ones kept apart. */
export function headerList(rawHeaders: readonly string[]): NameValue[] {
  const headers: NameValue[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  return headers;
}

/** The value of a header by lower-case name; repeated headers are joined by commas. */
export function headerValue(headers: readonly NameValue[], name: string): string | undefined {
  const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(",");
}

/**
 * Reads the body to its end, so that the client can always read the answer, but keeps no more than the limit.
 * @returns undefined when the body is larger than the limit
 * @throws Error when the client goes away before the end
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
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
