import { randomUUID } from "node:crypto";
import * as z from "zod";
import { JsonError } from "../json/json-error.ts";
import { parseInput } from "../json/parse-input.ts";
import { tag } from "./model.ts";
import type { SecretValue } from "./versions.ts";

// Lengths and patterns are those of the AWS Secrets Manager API Reference.

const secretId = z.string().min(1).max(2048);
export const tags = z.array(tag).max(50);
const details = {
  Description: z.string().max(2048).exactOptional(),
  KmsKeyId: z.string().max(2048).exactOptional(),
};
const value = {
  ClientRequestToken: z.string().min(32).max(64).default(randomUUID),
  SecretString: z.string().min(1).max(65_536).exactOptional(),
  SecretBinary: z.base64().min(1).max(87_384).exactOptional(),
};

export const onlySecretId = z.strictObject({ SecretId: secretId });

export const createSecretInput = z.strictObject({
  Name: z
    .string()
    .min(1)
    .max(512)
    .regex(/^[A-Za-z0-9/_+=.@-]+$/),
  ...value,
  ...details,
  Tags: tags.default([]),
});

export const putSecretValueInput = z.strictObject({
  SecretId: secretId,
  ...value,
  VersionStages: z.array(z.string().min(1).max(256)).min(1).max(20).default(["AWSCURRENT"]),
});

export const updateSecretInput = z.strictObject({ SecretId: secretId, ...value, ...details });

export const getSecretValueInput = z.strictObject({
  SecretId: secretId,
  VersionId: z.string().min(32).max(64).optional(),
  VersionStage: z.string().min(1).max(256).optional(),
});

export const listSecretsInput = z.strictObject({
  IncludePlannedDeletion: z.boolean().default(false),
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
});

export const tagResourceInput = z.strictObject({ SecretId: secretId, Tags: tags });

const deleteSecretInput = z.strictObject({
  SecretId: secretId,
  RecoveryWindowInDays: z.int().optional(),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
});

/** What is asked for, and for how many days it can be taken back: none when it is forced. */
export function parseDeletion(input: unknown): { readonly SecretId: string; readonly days: number | undefined } {
  const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery } = parseInput(deleteSecretInput, input);
  const days = RecoveryWindowInDays ?? 30;
  if (days < 7 || days > 30)
    throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  if (!ForceDeleteWithoutRecovery) return { SecretId, days };
  if (RecoveryWindowInDays === undefined) return { SecretId, days: undefined };
  throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
}

/** The value that a request carries, if it carries one. */
export function valueIn({ SecretString, SecretBinary }: SecretValue): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

export const invalidParameter = (message: string) => new JsonError("InvalidParameterException", message);
