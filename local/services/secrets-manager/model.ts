import * as z from "zod";
import { type ObjectFiles, openObjectFiles } from "../object-files.ts";

/** Seconds since the epoch, as AWS JSON carries timestamps. */
const time = z.number();

export const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

/** A value is text or bytes, the latter in base64. */
const version = z.strictObject({
  versionId: z.string(),
  SecretString: z.string().exactOptional(),
  SecretBinary: z.base64().exactOptional(),
  /** Without any it is deprecated. */
  stages: z.array(z.string()),
  createdAt: time,
});
export type Version = z.output<typeof version>;

/** What is on disk of a secret, with its values. */
export const secret = z.strictObject({
  sequence: z.int().positive(),
  /** A name for its file. */
  secretId: z.uuid(),
  name: z.string(),
  arn: z.string(),
  description: z.string().exactOptional(),
  kmsKeyId: z.string().exactOptional(),
  createdAt: time,
  changedAt: time,
  /** When it will be gone, once it is marked for deletion. */
  deletedAt: time.exactOptional(),
  tags: z.array(tag),
  /** Oldest first. */
  versions: z.array(version),
});
export type Secret = z.output<typeof secret>;

/** @throws Error naming the file when one cannot be read; nothing is changed then */
export const openSecrets = (directory: string): ObjectFiles<Secret> =>
  openObjectFiles(directory, secret, ({ secretId }) => secretId);
