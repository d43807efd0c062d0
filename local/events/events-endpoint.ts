import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type LoopbackServer, listenOnLoopback } from "../loopback.ts";
import type { AccessKey } from "../signatures/access-key.ts";
import { onlyOwnNames } from "../signatures/own-names.ts";
import { createServiceVerifier } from "../signatures/service-verifier.ts";
import { SignatureError } from "../signatures/signature-error.ts";
import { readBody } from "../signatures/wire-request.ts";
import type { EventBus } from "./event-bus.ts";
import { EventsServiceError, putEvents } from "./put-events.ts";

/** Bytes of a request that are read at most: what no PutEvents needs, with room for its JSON escapes. */
const maximumBodyBytes = 4 * 1_048_576;

export interface EventsEndpointOptions {
  /** By name. */
  readonly buses: ReadonlyMap<string, EventBus>;
  readonly region: string;
  /** The key that requests must be signed with. @default localAccessKey */
  readonly accessKey?: AccessKey;
  /** @default 0: a free one */
  readonly port?: number;
}

/**
 * The EventBridge API in AWS JSON 1.1, as far as handlers use it: PutEvents. Any other operation is refused with
 * `UnknownOperationException`.
 */
function eventsListener({ buses, region, accessKey }: EventsEndpointOptions): RequestListener {
  const verify = createServiceVerifier({ service: "events", region, accessKey });
  return async (request, response) => {
    const { status, body } = await answer(buses, verify, request);
    const headers = { "Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": randomUUID() };
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
}

/** Serves EventBridge on 127.0.0.1. */
export const startEventsEndpoint = (options: EventsEndpointOptions): Promise<LoopbackServer> =>
  listenOnLoopback(createServer(onlyOwnNames(eventsListener(options))), options.port);

async function answer(
  buses: EventsEndpointOptions["buses"],
  verify: ReturnType<typeof createServiceVerifier>,
  request: IncomingMessage,
) {
  const refusal = (status: number, code: string, message?: string) => ({
    status,
    body: { __type: code, ...(message === undefined ? {} : { message }) },
  });
  try {
    const bytes = await readBody(request, maximumBodyBytes);
    if (bytes === undefined) return refusal(400, "ValidationException", "The request is too large.");
    verify(request, bytes);
    if (request.method !== "POST" || request.headers["x-amz-target"] !== "AWSEvents.PutEvents")
      return refusal(400, "UnknownOperationException");
    return { status: 200, body: await putEvents(buses, JSON.parse(bytes.toString())) };
  } catch (error) {
    if (error instanceof EventsServiceError) return refusal(400, error.code, error.message);
    if (error instanceof SignatureError) return refusal(400, `${error.fault}Exception`, error.message);
    if (error instanceof SyntaxError) return refusal(400, "SerializationException", error.message);
    return refusal(500, "InternalException", error instanceof Error ? error.message : String(error));
  }
}
