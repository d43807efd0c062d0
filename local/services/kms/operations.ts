import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { JsonError } from "../json/json-error.ts";
import type { JsonOperation } from "../json/json-service.ts";
import { parseInput } from "../json/parse-input.ts";
import type { KeyReferences } from "./key-reference.ts";
import type { Key, KeyStore } from "./model.ts";

export interface KmsContext {
  readonly store: KeyStore;
  readonly references: KeyReferences;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of an HMAC_256 key: as long as the hash (AWS KMS Developer Guide, "HMAC keys"). */
const materialBytes = 32;

const keyId = z.string().min(1).max(2048);
const aliasName = z
  .string()
  .max(256)
  .regex(/^alias\/[a-zA-Z0-9/_-]+$/)
  .refine((name) => !name.startsWith("alias/aws/"), { error: "alias/aws/ is for the keys of AWS" });
const tags = z.array(z.strictObject({ TagKey: z.string().min(1).max(128), TagValue: z.string().max(256) })).max(50);

const createKeyInput = z.strictObject({
  KeyUsage: z.string().default("ENCRYPT_DECRYPT"),
  KeySpec: z.string().optional(),
  CustomerMasterKeySpec: z.string().optional(),
  Description: z.string().max(8192).default(""),
  MultiRegion: z.literal(false).optional(),
  Tags: tags.default([]),
});

const onlyHmac = "The local KMS has only keys with the usage GENERATE_VERIFY_MAC and the spec HMAC_256.";

const describeKeyInput = z.strictObject({ KeyId: keyId });
const tagResourceInput = z.strictObject({ KeyId: keyId, Tags: tags });
const aliasInput = z.strictObject({ AliasName: aliasName, TargetKeyId: keyId });

/** All the algorithms KMS has, so that one that the key lacks is refused as on AWS. */
const macAlgorithm = z.enum(["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]);

/** Bytes in base64, as AWS JSON carries them. */
const bytes = (most: number) =>
  z.base64().transform((text, context) => {
    const decoded = Buffer.from(text, "base64");
    if (decoded.length >= 1 && decoded.length <= most) return decoded;
    context.addIssue({ code: "custom", message: `Member must have length between 1 and ${most}` });
    return z.NEVER;
  });

const generateMacInput = z.strictObject({ KeyId: keyId, Message: bytes(4096), MacAlgorithm: macAlgorithm });
const verifyMacInput = generateMacInput.extend({ Mac: bytes(6144) });

/** The operations of AWS KMS that the stage's stacks and handlers use. */
export function kmsOperations({ store, references, accountId, now }: KmsContext): Record<string, JsonOperation> {
  const { keys, aliases } = store;

  function metadata(key: Key): object {
    return {
      AWSAccountId: accountId,
      KeyId: key.keyId,
      Arn: references.arnOf(key),
      CreationDate: key.createdAt,
      Description: key.description,
      ...{ Enabled: true, KeyState: "Enabled", Origin: "AWS_KMS", KeyManager: "CUSTOMER", MultiRegion: false },
      ...{ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256", CustomerMasterKeySpec: "HMAC_256" },
      MacAlgorithms: ["HMAC_SHA_256"],
    };
  }

  function mac({ KeyId, Message, MacAlgorithm }: z.output<typeof generateMacInput>): { key: Key; value: Buffer } {
    const key = references.find(KeyId);
    if (MacAlgorithm !== "HMAC_SHA_256") {
      const message = `Algorithm ${MacAlgorithm} is incompatible with key spec HMAC_256.`;
      throw new JsonError("InvalidKeyUsageException", message);
    }
    return { key, value: createHmac("sha256", Buffer.from(key.material, "base64")).update(Message).digest() };
  }

  return {
    CreateKey(input) {
      const { KeyUsage, KeySpec, CustomerMasterKeySpec, Description, Tags } = parseInput(createKeyInput, input);
      const spec = KeySpec ?? CustomerMasterKeySpec;
      if (KeyUsage !== "GENERATE_VERIFY_MAC" || spec !== "HMAC_256")
        throw new JsonError("UnsupportedOperationException", onlyHmac);
      const key: Key = {
        sequence: keys.nextSequence(),
        keyId: randomUUID(),
        material: randomBytes(materialBytes).toString("base64"),
        description: Description,
        createdAt: now() / 1000,
        tags: Tags,
      };
      keys.put(key);
      return { KeyMetadata: metadata(key) };
    },

    DescribeKey(input) {
      return { KeyMetadata: metadata(references.find(parseInput(describeKeyInput, input).KeyId)) };
    },

    TagResource(input) {
      const { KeyId, Tags } = parseInput(tagResourceInput, input);
      const key = references.find(KeyId);
      const kept = key.tags.filter((tag) => !Tags.some(({ TagKey }) => TagKey === tag.TagKey));
      keys.put({ ...key, tags: parseInput(tags, [...kept, ...Tags]) });
      return {};
    },

    CreateAlias(input) {
      const { AliasName, TargetKeyId } = parseInput(aliasInput, input);
      const { keyId } = references.find(TargetKeyId);
      if (references.findAlias(AliasName)) {
        const message = `An alias with the name ${references.aliasArnOf(AliasName)} already exists`;
        throw new JsonError("AlreadyExistsException", message);
      }
      aliases.put({ sequence: aliases.nextSequence(), aliasId: randomUUID(), aliasName: AliasName, keyId });
      return {};
    },

    UpdateAlias(input) {
      const { AliasName, TargetKeyId } = parseInput(aliasInput, input);
      const { keyId } = references.find(TargetKeyId);
      const alias = references.findAlias(AliasName);
      if (!alias) throw references.aliasNotFound(AliasName);
      aliases.put({ ...alias, keyId });
      return {};
    },

    GenerateMac(input) {
      const request = parseInput(generateMacInput, input);
      const { key, value } = mac(request);
      return {
        KeyId: references.arnOf(key),
        Mac: value.toString("base64"),
        MacAlgorithm: request.MacAlgorithm,
      };
    },

    VerifyMac(input) {
      const { Mac, ...request } = parseInput(verifyMacInput, input);
      const { key, value } = mac(request);
      if (Mac.length !== value.length || !timingSafeEqual(Mac, value)) throw new JsonError("KMSInvalidMacException");
      return { KeyId: references.arnOf(key), MacValid: true, MacAlgorithm: request.MacAlgorithm };
    },
  };
}
