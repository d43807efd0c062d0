import { GenerateMacCommand, type KMSClient } from "@aws-sdk/client-kms";

/**
 * A key for one purpose, made of a KMS key that never leaves KMS: the same in every process, in no code, state or
 * variable. KMS is asked once for each process, when the key is first needed.
 *
 * @param keyId of a KMS key of type HMAC_256
 * @param purpose tells keys apart that are made of the same KMS key
 * @returns 32 bytes; throws what KMS throws, and asks again the next time
 */
export function derivedKey(client: KMSClient, keyId: string, purpose: string): () => Promise<Uint8Array> {
  let known: Promise<Uint8Array> | undefined;

  async function derive(): Promise<Uint8Array> {
    const message = new TextEncoder().encode(purpose);
    const command = new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: message });
    const { Mac: mac } = await client.send(command);
    if (!mac) throw new Error("KMS made a MAC and did not tell it");
    return mac;
  }

  return () => {
    known ??= derive().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
