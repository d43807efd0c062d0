import { Sha256 } from "@aws-crypto/sha256-js";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import pRetry from "p-retry";
import * as z from "zod";
import { type Api, type Operation, type OperationName, operationOf, type Received, type Sent } from "./description.ts";

export interface ApiClientOptions {
  /** URL of the API's stage, with or without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Milliseconds one attempt may take. @default 15000 */
  readonly timeoutMilliseconds?: number;
  /**
   * Further attempts, with exponential back-off and jitter. A POST is sent again only when the one before had no effect:
   * after 429, 503 or a connection refused; any other request also after another 5xx or no answer at all. @default 4
   */
  readonly retries?: number;
}

/** An API's refusal, as it came over the wire. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly errorType: string | undefined;

  constructor(status: number, errorType: string | undefined, message: string) {
    super(`${status} ${errorType ?? "error"}: ${message}`);
    this.status = status;
    this.errorType = errorType;
  }
}

/** An API that did not answer, or not in time; `cause` says why. The request may have had its effect. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  /** If the request did not even leave: there was no connection for it. */
  readonly neverSent: boolean;

  constructor(origin: string, cause: unknown) {
    super(`no answer from ${origin}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    const { code } = systemError.safeParse(cause).data?.cause ?? {};
    this.neverSent = code === "ECONNREFUSED" || code === "UND_ERR_CONNECT_TIMEOUT";
  }
}

/** What `fetch` throws tells the system's error as its cause. */
const systemError = z.object({ cause: z.object({ code: z.string() }) });

/** A client of one API, typed by its description. */
export interface ApiClient<A extends Api> {
  /** The API it calls. */
  readonly api: A;
  /**
   * Calls an operation with its flat input.
   *
   * @throws ApiError when the API refuses; NoAnswerError when no attempt got an answer; Error when a member of the path
   *   is missing
   */
  call<Name extends OperationName<A>>(
    name: Name,
    input: Sent<A["operations"][Name]>,
  ): Promise<Received<A["operations"][Name]>>;
  /** Calls an operation with an input that nothing vouches for; the service checks it. Throws as `call` does. */
  callUnchecked(name: OperationName<A>, input: object): Promise<unknown>;
}

/** Makes a client that signs every request with AWS Signature Version 4 for service `execute-api`. */
export function createApiClient<A extends Api>(api: A, options: ApiClientOptions): ApiClient<A> {
  const { region, credentials, timeoutMilliseconds = 15_000, retries = 4 } = options;
  const endpoint = new URL(options.endpoint);
  const basePath = endpoint.pathname.replace(/\/$/, "");
  const signer = new SignatureV4({ service: "execute-api", region, credentials, sha256: Sha256 });

  async function attempt(operation: Operation, parts: RequestParts): Promise<unknown> {
    const request = new HttpRequest({
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port === "" ? {} : { port: Number(endpoint.port) }),
      method: operation.method,
      path: `${basePath}${parts.path}`,
      query: parts.query,
      headers: { host: endpoint.host, ...(parts.body === undefined ? {} : { "content-type": "application/json" }) },
      ...(parts.body === undefined ? {} : { body: parts.body }),
    });
    const { headers } = await signer.sign(request);
    const search = new URLSearchParams(parts.query).toString().replaceAll("+", "%20");
    const url = `${endpoint.origin}${request.path}${search === "" ? "" : `?${search}`}`;
    const { status, ok, text } = await answerTo(url, {
      method: operation.method,
      headers,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(parts.body === undefined ? {} : { body: parts.body }),
    });
    if (ok) return text === "" ? undefined : JSON.parse(text);
    throw refusal(status, text);
  }

  const request = async (operation: Operation, input: object): Promise<unknown> => {
    const parts = requestParts(operation, input);
    const backOff = { retries, minTimeout: 200, maxTimeout: 5000, randomize: true };
    const shouldRetry = ({ error }: { readonly error: Error }) => mayBeRepeated(operation, error);
    return pRetry(() => attempt(operation, parts), { ...backOff, shouldRetry });
  };

  return {
    api,
    async call(name, input) {
      const operation = operationOf(api, name);
      return received(operation, await request(operation, input));
    },
    callUnchecked: (name, input) => request(operationOf(api, name), input),
  };
}

async function answerTo(url: string, request: RequestInit): Promise<{ status: number; ok: boolean; text: string }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    throw new NoAnswerError(new URL(url).origin, error);
  }
}

interface RequestParts {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function requestParts(operation: Operation, input: object): RequestParts {
  const pick = (schema: z.ZodObject | undefined) =>
    Object.entries(input).filter(([name, value]) => schema && name in schema.shape && value !== undefined);
  const given = new Map(pick(operation.parameters));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(given.get(name) ?? "");
    if (value === "") throw new Error(`${name} is missing`);
    return encodeURIComponent(value);
  });
  const query = Object.fromEntries(pick(operation.query).map(([name, value]) => [name, String(value)]));
  const body = operation.body ? JSON.stringify(Object.fromEntries(pick(operation.body))) : undefined;
  return { path, query, body };
}

const errorBody = z.object({
  message: z.string().optional(),
  Message: z.string().optional(),
  errorType: z.string().optional(),
});

function refusal(status: number, text: string): ApiError {
  let body: z.output<typeof errorBody> = {};
  try {
    body = errorBody.parse(JSON.parse(text));
  } catch {
    body = { message: text.slice(0, 200) };
  }
  return new ApiError(status, body.errorType, body.message ?? body.Message ?? "");
}

/** If a request that failed so may be sent again: with the hope of another outcome, and without doing anything twice. */
function mayBeRepeated({ method }: Operation, error: Error): boolean {
  if (error instanceof ApiError) {
    const { status } = error;
    return status === 429 || status === 503 || (status >= 500 && method !== "POST");
  }
  return error instanceof NoAnswerError && (method !== "POST" || error.neverSent);
}

/** Checks an answer by the description and says that it is what the description promises. */
function received<O extends Operation>(operation: O, answer: unknown): Received<O> {
  return (operation.success.body ? operation.success.body.parse(answer) : undefined) as Received<O>;
}
