import type * as z from "zod";

/** What can go wrong with a request, independent of how an API spells it. */
export type ErrorCode =
  | "BadRequest"
  | "Forbidden"
  | "NotFound"
  | "Conflict"
  | "LimitExceeded"
  | "TooManyRequests"
  | "Internal"
  | "Unavailable";

/** HTTP status of each error. */
export const errorStatus = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  LimitExceeded: 400,
  TooManyRequests: 429,
  Internal: 500,
  Unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** How an API writes an error on the wire. The same shape serves handlers and the gateway's own answers. */
export interface ErrorShape {
  /** The body's schema, for documents and clients. */
  readonly schema: z.ZodObject;
  /** The API's names for errors, sent in the header `x-amzn-ErrorType` too: it is where AWS's SDKs look. @default none */
  readonly types?: Readonly<Record<ErrorCode, string>>;
  /** The body of one error. Must place `message` as a whole string value: the gateway substitutes it there. */
  body(error: { readonly code: ErrorCode; readonly message: string; readonly requestId: string }): object;
}

/** An error the client is meant to see: its message goes on the wire as it is. Anything else becomes a plain 500. */
export class RequestError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}

/** The request breaks a rule; `message` names the field and the rule. */
export const badRequest = (message: string) => new RequestError("BadRequest", message);
/** What the request is about is not there, or not the caller's. */
export const notFound = (message: string) => new RequestError("NotFound", message);
/** The request is well formed but the present state does not allow it. */
export const conflict = (message: string, options?: ErrorOptions) => new RequestError("Conflict", message, options);
/** The request would exceed a quota of the caller's; `message` names the quota and its value. */
export const limitExceeded = (message: string) => new RequestError("LimitExceeded", message);
/** The service cannot do it now but may soon; clients try again. */
export const unavailable = (message: string, options?: ErrorOptions) =>
  new RequestError("Unavailable", message, options);
