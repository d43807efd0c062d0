import { type HttpRequest, HttpResponse } from "@smithy/protocol-http";
import type { WireError } from "./wire-error.ts";

export type ServiceName = "DynamoDB" | "Batch" | "Scheduler";

/** A request on its way to a service. */
export interface Request {
  readonly service: ServiceName;
  readonly operation: string;
  readonly body: unknown;
}

/** What an SDK client sends its requests with. */
export interface RequestHandler {
  handle(request: HttpRequest): Promise<{ readonly response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/** Gives an SDK client's requests to `send` in place of a network, as the service and operation they are for. */
export const requestHandler = (send: (request: Request) => Promise<HttpResponse>): RequestHandler => ({
  async handle(request) {
    return { response: await send(readRequest(request)) };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
});

function readRequest({ headers, method, path, body }: HttpRequest): Request {
  const target = headers["x-amz-target"];
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  if (target !== undefined) return { service: "DynamoDB", operation: target.split(".")[1] ?? "", body: parsed };
  if (path.startsWith("/schedules/")) return { service: "Scheduler", operation: method, body: { path } };
  return { service: "Batch", operation: path.split("/")[2] ?? "", body: parsed };
}

/** The answer to a request that was carried out. */
export const answer = (body: object): HttpResponse => response(200, {}, body);

/** The answer to a request that was not, as each service words it. */
export function errorAnswer({ status, type, message, members }: WireError): HttpResponse {
  return response(status, { "x-amzn-errortype": type }, { __type: type, message, ...members });
}

const response = (statusCode: number, headers: Record<string, string>, body: object): HttpResponse =>
  new HttpResponse({
    statusCode,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  });
