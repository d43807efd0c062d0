import type * as z from "zod";
import { badRequest } from "../errors.ts";

/**
 * Writes the key a page ended at as an opaque token. A client could read it, so it holds nothing but what the client
 * knows: its own tenant and connector, and ids and times it was just told.
 */
export const writePageToken = (key: Readonly<Record<string, string>>): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url");

/**
 * Reads the key to carry on after. `schema` holds the request's own tenant and connector as literals, so that a token
 * of another tenant, connector or list is refused and a made-up one only moves about in the caller's own list.
 *
 * @throws RequestError `BadRequest` when the list cannot have given this token
 */
export function readPageToken<S extends z.ZodObject>(schema: S, token: string | undefined): z.output<S> | undefined {
  if (token === undefined) return undefined;
  const parsed = schema.safeParse(decode(token));
  if (!parsed.success) throw badRequest("next_token: is not a token of this list");
  return parsed.data;
}

function decode(token: string): unknown {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.toString("base64url") !== token) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // Not JSON is as wrong as JSON of another shape, and refused with it.
    return undefined;
  }
}
