import * as z from "zod";
import type { Access } from "../../iam/access.ts";
import type { KeyReferences } from "./key-reference.ts";

const keyInput = z.object({ KeyId: z.string() });
const aliasInput = z.object({ AliasName: z.string(), TargetKeyId: z.string() });

/**
 * What a request needs to be allowed: whatever it calls a key by, policies name the key. Service Authorization
 * Reference: "Actions, resources, and condition keys for AWS Key Management Service".
 */
export function accessesOf(operation: string, input: unknown, references: KeyReferences): Access[] {
  const action = `kms:${operation}`;
  const alias = aliasInput.safeParse(input).data;
  if (alias)
    return [references.aliasArnOf(alias.AliasName), references.arnMeant(alias.TargetKeyId)].map((resource) => ({
      action,
      resource,
    }));
  const key = keyInput.safeParse(input).data;
  return [{ action, resource: key ? references.arnMeant(key.KeyId) : "*" }];
}
