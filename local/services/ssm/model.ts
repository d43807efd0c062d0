import * as z from "zod";
import { type ObjectFiles, openObjectFiles } from "../object-files.ts";

export const parameterTypes = ["String", "StringList", "SecureString"] as const;
export const tiers = ["Standard", "Advanced"] as const;
export type Tier = (typeof tiers)[number];

export const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

/** What is on disk of a parameter, with its value. */
export const parameter = z.strictObject({
  sequence: z.int().positive(),
  /** A name for its file. */
  parameterId: z.uuid(),
  name: z.string(),
  type: z.enum(parameterTypes),
  value: z.string(),
  version: z.int().positive(),
  tier: z.enum(tiers),
  description: z.string().exactOptional(),
  keyId: z.string().exactOptional(),
  /** Seconds since the epoch. */
  modifiedAt: z.number(),
  tags: z.array(tag),
});
export type Parameter = z.output<typeof parameter>;

/** @throws Error naming the file when one cannot be read; nothing is changed then */
export const openParameters = (directory: string): ObjectFiles<Parameter> =>
  openObjectFiles(directory, parameter, ({ parameterId }) => parameterId);
