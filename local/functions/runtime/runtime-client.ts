import { Agent, type IncomingHttpHeaders, request } from "node:http";

/** One event as the Runtime API hands it out. */
export interface NextInvocation {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string;
  readonly event: unknown;
}

/** An error in the form Node.js runtimes report it. */
export interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Client of the Lambda Runtime API (AWS: "Using the Lambda runtime API for custom runtimes"). */
export interface RuntimeClient {
  /** Waits for the next event, for hours if need be. */
  next(): Promise<NextInvocation>;
  respond(requestId: string, json: string): Promise<void>;
  fail(requestId: string, error: RuntimeError): Promise<void>;
  failInit(error: RuntimeError): Promise<void>;
}

/** @param address host:port */
export function createRuntimeClient(address: string): RuntimeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  // node:http rather than fetch: fetch gives up when headers take more than five minutes.
  const call = (method: string, path: string, headers: Record<string, string>, body: string) =>
    new Promise<{ headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const sent = request(`http://${address}/2018-06-01/runtime${path}`, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const report = async (path: string, error: RuntimeError) => {
    const headers = { "Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": error.errorType };
    await call("POST", path, headers, JSON.stringify(error));
  };
  return {
    async next() {
      const { headers, text } = await call("GET", "/invocation/next", {}, "");
      const header = (name: string) => String(headers[name] ?? "");
      return {
        requestId: header("lambda-runtime-aws-request-id"),
        deadlineMs: Number(header("lambda-runtime-deadline-ms")),
        functionArn: header("lambda-runtime-invoked-function-arn"),
        traceId: header("lambda-runtime-trace-id"),
        event: JSON.parse(text),
      };
    },
    async respond(requestId, json) {
      await call("POST", `/invocation/${requestId}/response`, { "Content-Type": "application/json" }, json);
    },
    fail: (requestId, error) => report(`/invocation/${requestId}/error`, error),
    failInit: (error) => report("/init/error", error),
  };
}
