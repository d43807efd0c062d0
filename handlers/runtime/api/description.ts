import type * as z from "zod";
import type { ErrorCode, ErrorShape } from "../errors.ts";

/**
 * One operation of an API: what a client sends, what it gets back, what can go wrong. Everything that must agree about
 * an API (gateway, router, validation, clients, reference) is made from this.
 *
 * Names of members are the names on the wire. `parameters`, `query` and `body` share one namespace, because clients
 * (and handlers) see them as one flat input.
 */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path template from the stage's root; each `{name}` is a member of `parameters`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** Path parameters, all strings on the wire. */
  readonly parameters?: z.ZodObject;
  /** Query parameters, all strings on the wire and all optional there. */
  readonly query?: z.ZodObject;
  /** JSON body. Members it does not name are ignored. */
  readonly body?: z.ZodObject;
  /** The answer when all went well; without `body`, 204 has none and other statuses answer `{}`. */
  readonly success: { readonly status: 200 | 201 | 202 | 204; readonly body?: z.ZodObject };
  /** Who may call it. @default the API's own */
  readonly auth?: Auth;
  /** Errors of the operation's own, beside those every operation can answer (bad request, refused, throttled, 5xx). */
  readonly errors: readonly ErrorCode[];
}

/** Who may call: with `iam` who signs with AWS Signature Version 4, service `execute-api`; with `none` everybody. */
export type Auth = "iam" | "none";

/** An HTTP API, written once. */
export interface Api {
  /** Short name: letters, digits, hyphens. */
  readonly name: string;
  readonly title: string;
  /** Version of the contract, not of the code. */
  readonly version: string;
  readonly description: string;
  /** Who may call the operations that do not say so themselves. */
  readonly auth: Auth;
  readonly errorShape: ErrorShape;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Keeps the exact type of a description, so that handlers and clients are typed by it. */
export const defineApi = <const A extends Api>(api: A): A => api;

/** Names of an API's operations. */
export type OperationName<A extends Api> = keyof A["operations"] & string;

/** The operations' names, in the order they are described. */
export const operationNames = <A extends Api>(api: A): OperationName<A>[] => Object.keys(api.operations);

/**
 * One operation of an API.
 *
 * @throws Error when the API has none of that name
 */
export function operationOf<A extends Api, Name extends OperationName<A>>(api: A, name: Name): A["operations"][Name] {
  const operations: A["operations"] = api.operations;
  const operation = operations[name];
  if (!operation) throw new Error(`${api.name} has no operation ${name}`);
  return operation;
}

/** Who may call an operation of an API. */
export const authOf = (api: Api, { auth = api.auth }: Operation): Auth => auth;

type Parsed<S> = S extends z.ZodType ? z.output<S> : unknown;

/** What an operation's handler receives: path, query and body in one object, parsed and with defaults filled in. */
export type Input<O extends Operation> = Parsed<O["parameters"]> & Parsed<O["query"]> & Parsed<O["body"]>;

/** What an operation's handler returns: the body of the answer, or nothing where there is none. */
export type Output<O extends Operation> = O["success"] extends { readonly body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;

type Given<S> = S extends z.ZodType ? z.input<S> : object;
/** Query parameters are text on the wire; a client may give numbers, which are written out. */
type GivenAsText<S> = S extends z.ZodType ? { readonly [K in keyof z.input<S>]: z.input<S>[K] | number } : object;

/** What a client sends: path, query and body in one object, defaults left out at will. */
export type Sent<O extends Operation> = Given<O["parameters"]> & GivenAsText<O["query"]> & Given<O["body"]>;

/** What a client receives. */
export type Received<O extends Operation> = O["success"] extends { readonly body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;

/** What somebody sends to an operation, and what comes back. */
export interface Example {
  readonly input: object;
  readonly answer: object | undefined;
}

/** An example of each operation of an API, for documents and for whoever reads them. */
export type Examples<A extends Api> = {
  readonly [Name in keyof A["operations"]]: Example & {
    readonly input: Sent<A["operations"][Name]>;
    readonly answer: Output<A["operations"][Name]>;
  };
};
