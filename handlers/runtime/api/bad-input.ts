import { badRequest, type RequestError } from "../errors.ts";

/** Characters of an error message on the wire: all problems are told, but a hostile request cannot make it grow. */
const messageLimit = 1024;

/** The request breaks a rule, in words that may quote the request. */
export const badInput = (message: string): RequestError =>
  badRequest(message.length > messageLimit ? `${message.slice(0, messageLimit - 1)}…` : message);
