import type { IncomingMessage, ServerResponse } from "node:http";
import { send } from "./answer.ts";
import type { RestApi } from "./rest-api.ts";

/**
 * Serves several APIs on one server, each under `/<apiId>/<stageName>`. An unknown API or stage is answered as API
 * Gateway answers it, before any API could have a say in it.
 * @throws Error when two APIs have the same prefix
 */
export function mountRestApis(apis: readonly RestApi[]) {
  const byPrefix = new Map(apis.map((api) => [`${api.apiId}/${api.stageName}`, api]));
  if (byPrefix.size < apis.length) throw new Error("two REST APIs have the same id and stage");

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, apiId, stageName, rest = ""] = /^\/([^/?]+)\/([^/?]+)(.*)$/s.exec(request.url ?? "") ?? [];
    const api = byPrefix.get(`${apiId}/${stageName}`);
    if (api !== undefined) return api.handle(request, response, rest);
    request.resume();
    return send(response, {
      status: 403,
      headers: [
        ["Content-Type", "application/json"],
        ["x-amzn-ErrorType", "ForbiddenException"],
      ],
      body: Buffer.from('{"message":"Forbidden"}'),
    });
  };
}
