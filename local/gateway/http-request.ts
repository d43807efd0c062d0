import { parseQuery as parse } from "../signatures/wire-request.ts";
import { malformedRequest } from "./refusal.ts";

export { headerList, headerValue, type NameValue, readBody, splitTarget } from "../signatures/wire-request.ts";

/** AWS: "Quotas for configuring and running a REST API in API Gateway", payload size: 10 MB, not raisable. */
export const maximumPayloadBytes = 10 * 1024 * 1024;

/**
 * The parameters of a raw query string, decoded.
 * @param separator `&`, or also `;`, at which API Gateway splits the query of the event it makes (AWS: "Amazon API
 * Gateway important notes")
 * @throws Refusal 400 when a percent sign does not start an encoded UTF-8 character
 */
export function parseQuery(...[query, separator]: Parameters<typeof parse>): ReturnType<typeof parse> {
  try {
    return parse(query, separator);
  } catch (error) {
    if (error instanceof URIError) throw malformedRequest();
    throw error;
  }
}
