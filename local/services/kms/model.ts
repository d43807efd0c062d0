import { join } from "node:path";
import * as z from "zod";
import { type ObjectFiles, openObjectFiles } from "../object-files.ts";

/** What is on disk of a key, with its material. */
export const key = z.strictObject({
  sequence: z.int().positive(),
  keyId: z.uuid(),
  /** Base64. */
  material: z.base64(),
  description: z.string(),
  /** Seconds since the epoch. */
  createdAt: z.number(),
  tags: z.array(z.strictObject({ TagKey: z.string(), TagValue: z.string() })),
});
export type Key = z.output<typeof key>;

/** A name of a key, `alias/…`. */
export const alias = z.strictObject({
  sequence: z.int().positive(),
  /** A name for its file, which a long alias would be too long for. */
  aliasId: z.uuid(),
  aliasName: z.string(),
  keyId: z.uuid(),
});
export type Alias = z.output<typeof alias>;

export interface KeyStore {
  readonly keys: ObjectFiles<Key>;
  readonly aliases: ObjectFiles<Alias>;
}

/** @throws Error naming the file when one cannot be read; nothing is changed then */
export function openKeyStore(directory: string): KeyStore {
  return {
    keys: openObjectFiles(join(directory, "keys"), key, ({ keyId }) => keyId),
    aliases: openObjectFiles(join(directory, "aliases"), alias, ({ aliasId }) => aliasId),
  };
}
