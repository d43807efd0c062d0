import type { Call } from "./call.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { headerValue, parseQuery } from "./http-request.ts";
import { mediaType } from "./media-type.ts";
import type { Operation } from "./operations.ts";
import { invalidBody, missingParameters } from "./refusal.ts";
import type { Match } from "./router.ts";

/**
 * What a request validator checks: first that required parameters are there and not blank, then the body against the
 * model of its content type. A body of a type without a model passes. AWS: "Request validation for REST APIs".
 * @throws Refusal 400
 */
export function validateRequest(call: Call, { handler, pathParameters }: Match<Operation>): void {
  const query = parseQuery(call.rawQuery, /[&;]/);
  const headers = forwardedHeaders(call);
  const given = {
    header: (name: string) => headers.some(([key, value]) => key === name && value.trim() !== ""),
    path: (name: string) => Object.hasOwn(pathParameters, name),
    query: (name: string) => query.some(([key, value]) => key === name && value.trim() !== ""),
  };
  const missing = handler.requiredParameters.filter(({ name, in: place }) => !given[place](name));
  if (missing.length > 0) throw missingParameters(missing.map(({ name }) => name));

  const model = handler.bodyModels.get(mediaType(headerValue(call.headers, "content-type")));
  if (model === undefined) return;
  const violations = model(parseBody(call.body));
  if (violations.length > 0) throw invalidBody(violations);
}

/** A missing body counts as an empty object. */
function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw invalidBody([]);
  }
}
