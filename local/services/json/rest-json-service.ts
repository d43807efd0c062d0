import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { inspect } from "node:util";
import { AccessDenied, authorize, onlyDeveloper } from "../../iam/authority.ts";
import { type LoopbackServer, listenOnLoopback } from "../../loopback.ts";
import { onlyOwnNames } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError } from "../../signatures/signature-error.ts";
import { parseQuery, readBody, splitTarget } from "../../signatures/wire-request.ts";
import { JsonError } from "./json-error.ts";
import type { JsonServiceOptions } from "./json-service.ts";

export interface RestRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/schedules/:Name`: what a colon precedes is a member of the input. */
  readonly path: string;
  readonly operation: string;
}

export interface RestJsonServiceOptions extends Omit<JsonServiceOptions, "target"> {
  readonly routes: readonly RestRoute[];
}

/** Bytes of a request that are read at most: what no operation here needs, with room for JSON's escapes. */
const maximumBodyBytes = 4 * 1_048_576;

/**
 * Serves operations in the protocol REST-JSON on 127.0.0.1. Every request must be signed. An operation's input is the
 * body with the members that the path and the query have.
 */
export const startRestJsonService = (options: RestJsonServiceOptions): Promise<LoopbackServer> =>
  listenOnLoopback(createServer(onlyOwnNames(listener(options))), options.port);

function listener({
  name,
  service,
  routes,
  operations,
  region,
  authority = onlyDeveloper,
  accesses = (operation) => [{ action: `${service}:${operation}`, resource: "*" }],
  log,
}: RestJsonServiceOptions): RequestListener {
  const verify = createServiceVerifier({ service, region, authority });

  async function answer(request: IncomingMessage): Promise<object> {
    const bytes = await readBody(request, maximumBodyBytes);
    if (bytes === undefined) throw new JsonError("ValidationException", "The request is too large.");
    const principal = verify(request, bytes);
    const { path, query } = splitTarget(request.url ?? "");
    const [route, members] = routed(request.method, path);
    const operation = route && operations[route.operation];
    if (!operation)
      throw new JsonError(
        "UnknownOperationException",
        `The local ${name} has no operation ${request.method} ${path}.`,
        404,
      );
    const input = { ...parseBody(bytes.toString()), ...members, ...asMembers(query) };
    await authorize(authority, principal, accesses(route.operation, input));
    return operation(input);
  }

  function routed(method: string | undefined, path: string): [RestRoute, Record<string, string>] | [] {
    for (const route of routes) {
      const members = route.method === method ? match(route.path, path) : undefined;
      if (members) return [route, members];
    }
    return [];
  }

  function refusal(error: unknown): JsonError {
    if (error instanceof JsonError) return error;
    if (error instanceof AccessDenied) return new JsonError("AccessDeniedException", error.message, 403);
    if (error instanceof SignatureError) return new JsonError(`${error.fault}Exception`, error.message, 403);
    log?.(`${name} failed: ${inspect(error)}`);
    return new JsonError("InternalServerException", `The local ${name} failed.`, 500);
  }

  return async (request, response) => {
    const send = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) => {
      response
        .writeHead(status, { "Content-Type": "application/json", "x-amzn-RequestId": randomUUID(), ...headers })
        .end(JSON.stringify(body));
    };
    try {
      send(200, await answer(request));
    } catch (error) {
      const { status, code, message } = refusal(error);
      send(status, { Message: message }, { "x-amzn-ErrorType": code });
    }
  };
}

/** The members in a path; undefined when it is another one. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const members: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    if (part.startsWith(":")) members[part.slice(1)] = decodeURIComponent(text);
    else if (part !== text) return undefined;
  }
  return members;
}

/** Members begin with a capital; some parameters do not. */
const asMembers = (query: string): Record<string, string> =>
  Object.fromEntries(parseQuery(query).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]));

function parseBody(text: string): object {
  if (text === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new JsonError("SerializationException", "The body is not JSON.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new JsonError("SerializationException", "The body is no JSON object.");
  return body;
}
