import { createHmac, timingSafeEqual } from "node:crypto";
import type * as z from "zod";
import { badRequest } from "../errors.ts";

/** Makes and reads the tokens by which clients ask for the next page of a list. */
export interface PageTokens {
  /**
   * Writes the key a page ended at as an opaque token. A client could read it, so it holds nothing but what the client
   * knows: its own tenant and connector, and ids and times it was just told.
   */
  write(key: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Reads the key to carry on after. `schema` holds the request's own tenant and connector as literals, so that a token
   * of another tenant, connector or list is refused, and so is one that was made or changed by anybody else.
   *
   * @throws RequestError `BadRequest` when the list did not give this token
   */
  read<S extends z.ZodObject>(schema: S, token: string | undefined): Promise<z.output<S> | undefined>;
}

/** Bytes of a token's signature: half of SHA-256's, as no one can try offline. */
const signatureBytes = 16;

/**
 * Tokens that are authenticated by a key: whoever does not have it can neither make nor change one.
 *
 * @param key asked for when a token is first made or read; whatever it throws is thrown
 */
export function pageTokens(key: () => Promise<Uint8Array>): PageTokens {
  const sign = async (content: Buffer) =>
    createHmac("sha256", await key())
      .update(content)
      .digest()
      .subarray(0, signatureBytes);

  async function verified(token: string): Promise<unknown> {
    const bytes = Buffer.from(token, "base64url");
    // More than one text decodes to the same bytes; only the one that was given counts.
    if (bytes.toString("base64url") !== token || bytes.length <= signatureBytes) return undefined;
    const content = bytes.subarray(signatureBytes);
    if (!timingSafeEqual(bytes.subarray(0, signatureBytes), await sign(content))) return undefined;
    return JSON.parse(content.toString("utf8"));
  }

  return {
    async write(position) {
      const content = Buffer.from(JSON.stringify(position));
      return Buffer.concat([await sign(content), content]).toString("base64url");
    },

    async read(schema, token) {
      if (token === undefined) return undefined;
      const parsed = schema.safeParse(await verified(token));
      if (!parsed.success) throw badRequest("next_token: is not a token of this list");
      return parsed.data;
    },
  };
}
