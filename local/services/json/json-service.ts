import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { inspect } from "node:util";
import type { Access } from "../../iam/access.ts";
import { AccessDenied, type Authority, authorize, onlyDeveloper } from "../../iam/authority.ts";
import { type LoopbackServer, listenOnLoopback } from "../../loopback.ts";
import { onlyOwnNames } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError } from "../../signatures/signature-error.ts";
import { readBody } from "../../signatures/wire-request.ts";
import { JsonError, validationException } from "./json-error.ts";

/** One API operation: takes the request as it came, gives the response. @throws JsonError to refuse it */
export type JsonOperation = (input: unknown) => object | Promise<object>;

export interface JsonServiceOptions {
  /** What people call it: `KMS`. */
  readonly name: string;
  /** The name in the credential scope: `kms`. */
  readonly service: string;
  /** What stands before the operation in `X-Amz-Target`: `TrentService`. */
  readonly target: string;
  /** By name; every other is refused by name, never answered with something made up. */
  readonly operations: Readonly<Record<string, JsonOperation>>;
  readonly region: string;
  /** Knows who asks, and what they may do. @default the developer, everything */
  readonly authority?: Authority | undefined;
  /** What an operation needs to be allowed, of an input that nobody has checked yet. @default itself, on everything */
  readonly accesses?: ((operation: string, input: unknown) => readonly Access[]) | undefined;
  /** @default 0: a free one */
  readonly port?: number | undefined;
  /** Told what goes wrong in the service itself. @default nothing is said */
  readonly log?: ((line: string) => void) | undefined;
}

/** Bytes of a request that are read at most: what no operation here needs, with room for JSON's escapes. */
const maximumBodyBytes = 4 * 1_048_576;

/** Serves operations in the protocol AWS JSON 1.1 on 127.0.0.1, to whoever signs a request and may make it. */
export const startJsonService = (options: JsonServiceOptions): Promise<LoopbackServer> =>
  listenOnLoopback(createServer(onlyOwnNames(listener(options))), options.port);

function listener({
  name,
  service,
  target,
  operations,
  region,
  authority = onlyDeveloper,
  accesses = (operation) => [{ action: `${service}:${operation}`, resource: "*" }],
  log,
}: JsonServiceOptions): RequestListener {
  const verify = createServiceVerifier({ service, region, authority });

  async function answer(request: IncomingMessage): Promise<object> {
    const bytes = await readBody(request, maximumBodyBytes);
    if (bytes === undefined) throw validationException("The request is too large.");
    const principal = verify(request, bytes);
    const [wanted, operation] = operationOf(request);
    const input = parseBody(bytes.toString());
    await authorize(authority, principal, accesses(wanted, input));
    return operation(input);
  }

  function operationOf({ method, headers }: IncomingMessage): [string, JsonOperation] {
    const header = String(headers["x-amz-target"] ?? "");
    const wanted = header.startsWith(`${target}.`) ? header.slice(target.length + 1) : `${method} ${header}`.trimEnd();
    const operation = method === "POST" && Object.hasOwn(operations, wanted) ? operations[wanted] : undefined;
    if (operation) return [wanted, operation];
    throw new JsonError("UnknownOperationException", `The local ${name} has no operation ${wanted}.`);
  }

  function refusal(error: unknown): JsonError {
    if (error instanceof JsonError) return error;
    if (error instanceof SignatureError) return new JsonError(`${error.fault}Exception`, error.message);
    if (error instanceof AccessDenied) return new JsonError("AccessDeniedException", error.message);
    log?.(`${name} failed: ${inspect(error)}`);
    return new JsonError("InternalFailure", `The local ${name} failed.`, 500);
  }

  return async (request, response) => {
    const send = (status: number, body: object) => {
      const headers = { "Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": randomUUID() };
      response.writeHead(status, headers).end(JSON.stringify(body));
    };
    try {
      send(200, await answer(request));
    } catch (error) {
      const { status, body } = refusal(error);
      send(status, body);
    }
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonError("SerializationException", "The body is not JSON.");
  }
}
