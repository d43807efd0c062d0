import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { listenOnLoopback } from "../loopback.ts";
import type { FunctionError } from "./invocation.ts";

/** One event on its way to a runtime. */
export interface Invocation {
  readonly requestId: string;
  readonly traceId: string;
  readonly functionArn: string;
  /** The event as JSON text. */
  readonly body: string;
  /** Called when the runtime takes the event; returns the deadline in epoch milliseconds. */
  start(): number;
}

/** What a runtime reported for an invocation. */
export type Outcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError };

/** The Lambda Runtime API of one execution environment, which runs one event at a time. */
export interface RuntimeApi {
  /** host:port, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Hands the event to the runtime when it next asks; resolves with what the runtime reports. */
  deliver(invocation: Invocation): Promise<Outcome>;
  /** Resolves if the runtime reports that it cannot start. */
  readonly initError: Promise<FunctionError>;
  close(): Promise<void>;
}

/** Bytes of a request or of a buffered response (AWS: "Lambda quotas", 6 MB; this is the number in AWS's own errors). */
export const maximumPayloadBytes = 6_291_556;

const root = "/2018-06-01/runtime";
const reportedError = z.object({
  errorType: z.string().default("Unhandled"),
  errorMessage: z.string().default(""),
  trace: z.array(z.string()).optional(),
  stackTrace: z.array(z.string()).optional(),
});

/** Serves the Lambda Runtime API (2018-06-01) on a free port of 127.0.0.1, for one execution environment. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  let waitingRuntime: ServerResponse | undefined;
  let waiting: Delivery | undefined;
  let running: Delivery | undefined;
  let reportInitError: (error: FunctionError) => void = () => {};
  const initError = new Promise<FunctionError>((resolve) => {
    reportInitError = resolve;
  });

  const handOver = () => {
    if (!waitingRuntime || !waiting || waitingRuntime.destroyed) return;
    const [response, delivery] = [waitingRuntime, waiting];
    waitingRuntime = waiting = undefined;
    running = delivery;
    const { invocation } = delivery;
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
      "Lambda-Runtime-Deadline-Ms": String(invocation.start()),
      "Lambda-Runtime-Invoked-Function-Arn": invocation.functionArn,
      "Lambda-Runtime-Trace-Id": invocation.traceId,
    });
    response.end(invocation.body);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = `${request.method} ${request.url}`;
    if (operation === `GET ${root}/invocation/next`) {
      waitingRuntime = response;
      handOver();
      return;
    }
    const body = await readBody(request, maximumPayloadBytes);
    if (operation === `POST ${root}/init/error`) {
      reportInitError(parseError(request, body ?? ""));
      answer(response, 202, { status: "OK" });
      return;
    }
    const [, requestId, kind] =
      /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(operation) ?? [];
    if (requestId === undefined) {
      refuse(response, 404, "InvalidRequest", `No such operation: ${operation}`);
      return;
    }
    if (requestId !== running?.invocation.requestId) {
      refuse(response, 400, "InvalidRequestID", "Invalid request ID");
      return;
    }
    if (kind === "response" && request.headers["lambda-runtime-function-response-mode"] === "streaming") {
      refuse(response, 400, "InvalidResponseMode", "Streamed responses are not served here");
      return;
    }
    if (body === undefined) {
      const message = `Exceeded maximum allowed payload size (${maximumPayloadBytes} bytes).`;
      running.resolve({
        ok: false,
        error: {
          errorType: "Function.ResponseSizeTooLarge",
          errorMessage: `Response payload size ${lowerFirst(message)}`,
        },
      });
      running = undefined;
      refuse(response, 413, "RequestEntityTooLarge", message);
      return;
    }
    const outcome = kind === "error" ? ({ ok: false, error: parseError(request, body) } as const) : parseResponse(body);
    running.resolve(outcome);
    running = undefined;
    answer(response, 202, { status: "OK" });
  };

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      // The runtime went away in the middle of a request; its exit is what the invocation reports.
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  // A handler may keep its connection idle for as long as it runs: closing it would break its response.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const { port, stop } = await listenOnLoopback(server);

  return {
    address: `127.0.0.1:${port}`,
    initError,
    deliver: (invocation) =>
      new Promise((resolve) => {
        waiting = { invocation, resolve };
        handOver();
      }),
    close: stop,
  };
}

interface Delivery {
  readonly invocation: Invocation;
  resolve(outcome: Outcome): void;
}

function parseResponse(body: string): Outcome {
  try {
    return { ok: true, payload: body === "" ? null : JSON.parse(body) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      error: { errorType: "Runtime.InvalidResponse", errorMessage: `Response is not JSON: ${reason}` },
    };
  }
}

function parseError(request: IncomingMessage, body: string): FunctionError {
  const declared = request.headers["lambda-runtime-function-error-type"];
  const fallback = typeof declared === "string" ? declared : "Unhandled";
  try {
    const { errorType, errorMessage, trace, stackTrace } = reportedError.parse(JSON.parse(body));
    const stack = trace ?? stackTrace;
    return { errorType, errorMessage, ...(stack ? { stackTrace: stack } : {}) };
  } catch {
    return { errorType: fallback, errorMessage: body };
  }
}

/** The body as text, or undefined when it has more than `limit` bytes. */
async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
  }
  return bytes > limit ? undefined : Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  answer(response, status, { errorType, errorMessage });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
