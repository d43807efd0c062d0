import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { EventBus } from "./event-bus.ts";
import { EventsServiceError, putEvents } from "./put-events.ts";

/** Bytes of a request that are read at most: what no PutEvents needs, with room for its JSON escapes. */
const maximumBodyBytes = 4 * 1_048_576;

/**
 * The EventBridge API in AWS JSON 1.1, as far as handlers use it: PutEvents. Any other operation is refused with
 * `UnknownOperationException`.
 * @param buses by name
 */
export function eventsListener(buses: ReadonlyMap<string, EventBus>): RequestListener {
  return async (request, response) => {
    const { status, body } = await answer(buses, request);
    const headers = { "Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": randomUUID() };
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
}

/** Serves `eventsListener` on 127.0.0.1. @param port 0 for a free one */
export async function startEventsEndpoint(
  buses: ReadonlyMap<string, EventBus>,
  port = 0,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer(eventsListener(buses));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the events endpoint has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(buses: ReadonlyMap<string, EventBus>, request: IncomingMessage) {
  const refusal = (status: number, code: string, message?: string) => ({
    status,
    body: { __type: code, ...(message === undefined ? {} : { message }) },
  });
  try {
    const text = await readText(request);
    if (request.method !== "POST" || request.headers["x-amz-target"] !== "AWSEvents.PutEvents")
      return refusal(400, "UnknownOperationException");
    return { status: 200, body: await putEvents(buses, JSON.parse(text)) };
  } catch (error) {
    if (error instanceof EventsServiceError) return refusal(400, error.code, error.message);
    if (error instanceof SyntaxError) return refusal(400, "SerializationException", error.message);
    return refusal(500, "InternalException", error instanceof Error ? error.message : String(error));
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maximumBodyBytes) chunks.push(chunk);
  }
  if (bytes > maximumBodyBytes) throw new EventsServiceError("ValidationException", "The request is too large.");
  return Buffer.concat(chunks).toString("utf8");
}
