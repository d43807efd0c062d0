import * as z from "zod";
import type { Access } from "../../iam/access.ts";

const secretInput = z.object({ SecretId: z.string() });
const newSecretInput = z.object({ Name: z.string() });

/**
 * What a request needs to be allowed. Service Authorization Reference: "Actions, resources, and condition keys for AWS
 * Secrets Manager".
 *
 * @param arnMeant the ARN of the secret that a reference means, or would mean if there were one
 */
export function accessesOf(operation: string, input: unknown, arnMeant: (reference: string) => string): Access[] {
  const action = `secretsmanager:${operation}`;
  const reference = secretInput.safeParse(input).data?.SecretId ?? newSecretInput.safeParse(input).data?.Name;
  return [{ action, resource: reference === undefined ? "*" : arnMeant(reference) }];
}
