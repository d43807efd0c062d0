import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  type KMSClient,
  NotFoundException,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import * as z from "zod";
import { kind, type ResourceKinds } from "./resource.ts";
import { unless } from "./unless.ts";

/** What a stack's resources make in AWS KMS. */
export const kmsKinds = (kms: KMSClient): ResourceKinds =>
  new Map([
    ["aws_kms_alias", alias(kms)],
    ["aws_kms_key", key(kms)],
  ]);

const key = (kms: KMSClient) =>
  kind(
    z.object({
      key_usage: z.literal("GENERATE_VERIFY_MAC", { error: "only keys for HMACs are on this machine" }),
      customer_master_key_spec: z.literal("HMAC_256", { error: "only HMAC_256 keys are on this machine" }),
      description: z.string().optional(),
      is_enabled: z.literal(true).default(true),
      multi_region: z.literal(false).default(false),
      // KMS rotates only symmetric encryption keys (AWS KMS Developer Guide, "Rotate AWS KMS keys").
      enable_key_rotation: z.literal(false).default(false),
    }),
    // No key is deleted here, and policies of keys are not enforced.
    ["policy", "bypass_policy_lockout_safety_check", "deletion_window_in_days"],
    async ({ description }, _, { stack, address }) => {
      // A key has no name by which a later start could find it: this alias is one.
      const ownAlias = `alias/${stack}/${address.replace(".", "/")}`;
      const existing = await metadataOf(kms, ownAlias);
      if (existing) return attributesOf(existing);
      const request = { KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" } as const;
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({ ...request, ...(description !== undefined && { Description: description }) }),
      );
      await kms.send(new CreateAliasCommand({ AliasName: ownAlias, TargetKeyId: KeyMetadata?.KeyId }));
      return attributesOf(KeyMetadata);
    },
  );

const attributesOf = (metadata: { Arn?: string | undefined; KeyId?: string | undefined } = {}) => ({
  arn: metadata.Arn,
  id: metadata.KeyId,
  key_id: metadata.KeyId,
});

const alias = (kms: KMSClient) =>
  kind(
    z.object({ name: z.string(), target_key_id: z.string() }),
    [],
    async ({ name, target_key_id }, { region, accountId }) => {
      const target = await metadataOf(kms, target_key_id);
      const existing = await metadataOf(kms, name);
      const request = { AliasName: name, TargetKeyId: target_key_id };
      if (!existing) await kms.send(new CreateAliasCommand(request));
      else if (existing.KeyId !== target?.KeyId) await kms.send(new UpdateAliasCommand(request));
      const arn = `arn:aws:kms:${region}:${accountId}:${name}`;
      return { id: name, arn, target_key_arn: target?.Arn };
    },
  );

async function metadataOf(kms: KMSClient, keyId: string) {
  const described = await unless(NotFoundException, kms.send(new DescribeKeyCommand({ KeyId: keyId })));
  return described?.KeyMetadata;
}
