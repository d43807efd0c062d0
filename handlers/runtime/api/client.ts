import { Sha256 } from "@aws-crypto/sha256-js";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import pRetry, { AbortError } from "p-retry";
import * as z from "zod";
import { type Api, type Operation, type OperationName, operationOf, type Received, type Sent } from "./description.ts";

export interface ApiClientOptions {
  /** URL of the API's stage, with or without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Milliseconds one attempt may take. @default 15000 */
  readonly timeoutMilliseconds?: number;
  /** Further attempts after a 429, a 5xx or no answer at all, with exponential back-off and jitter. @default 4 */
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

/** A client of one API, typed by its description. */
export interface ApiClient<A extends Api> {
  /**
   * Calls an operation with its flat input.
   *
   * @throws ApiError when the API refuses; the last network error when no attempt got an answer
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
    const response = await fetch(url, {
      method: operation.method,
      headers,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(parts.body === undefined ? {} : { body: parts.body }),
    });
    const text = await response.text();
    if (response.ok) return text === "" ? undefined : JSON.parse(text);
    throw refusal(response.status, text);
  }

  const request = (operation: Operation, input: object) => {
    const parts = requestParts(operation, input);
    const backOff = { retries, minTimeout: 200, maxTimeout: 5000, randomize: true };
    return pRetry(() => attempt(operation, parts).catch(givingUpUnlessTransient), backOff);
  };

  return {
    async call(name, input) {
      const operation = operationOf(api, name);
      return received(operation, await request(operation, input));
    },
    callUnchecked: (name, input) => request(operationOf(api, name), input),
  };
}

interface RequestParts {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function requestParts(operation: Operation, input: object): RequestParts {
  const pick = (schema: z.ZodObject | undefined) =>
    Object.entries(input).filter(([name, value]) => schema && name in schema.shape && value !== undefined);
  const path = pick(operation.parameters).reduce<string>(
    (template, [name, value]) => template.replace(`{${name}}`, encodeURIComponent(String(value))),
    operation.path,
  );
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

function givingUpUnlessTransient(error: unknown): never {
  const final = error instanceof ApiError && error.status < 500 && error.status !== 429;
  throw final ? new AbortError(error) : error;
}

/** Checks an answer by the description and says that it is what the description promises. */
function received<O extends Operation>(operation: O, answer: unknown): Received<O> {
  return (operation.success.body ? operation.success.body.parse(answer) : undefined) as Received<O>;
}
