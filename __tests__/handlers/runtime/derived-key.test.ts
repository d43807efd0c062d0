import { CreateKeyCommand } from "@aws-sdk/client-kms";
import { derivedKey } from "../../../handlers/runtime/derived-key.ts";
import { secretStores } from "../../local/services/secret-stores.ts";

async function keyStore() {
  const stores = await secretStores();
  const { kms } = stores;
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }),
  );
  const calls: string[] = [];
  kms.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context.commandName));
      return next(args);
    },
    { step: "initialize" },
  );
  return { stores, kms, calls, keyId: KeyMetadata?.KeyId ?? "" };
}

test("every process derives the same key of 32 bytes, and asks once", async () => {
  const { stores, kms, calls, keyId } = await keyStore();
  await using _ = stores;
  const [one, other] = [derivedKey(kms, keyId, "page tokens"), derivedKey(kms, keyId, "page tokens")];
  expect(calls).toEqual([]);
  const keys = await Promise.all([one(), one(), one()]);
  expect(keys[0]).toHaveLength(32);
  expect(Buffer.from(await other())).toEqual(Buffer.from(keys[0] ?? []));
  expect(calls).toEqual(["GenerateMacCommand", "GenerateMacCommand"]);
});

test("another purpose has another key", async () => {
  const { stores, kms, keyId } = await keyStore();
  await using _ = stores;
  const of = async (purpose: string) => Buffer.from(await derivedKey(kms, keyId, purpose)()).toString("hex");
  expect(await of("page tokens")).not.toBe(await of("session tokens"));
});

test("a failure is thrown, and asked about again the next time", async () => {
  const { stores, kms, keyId } = await keyStore();
  await using _ = stores;
  let down = true;
  kms.middlewareStack.add(
    (next) => (args) => {
      if (down) throw new Error("KMS is down");
      return next(args);
    },
    { step: "initialize" },
  );
  const key = derivedKey(kms, keyId, "page tokens");
  await expect(key()).rejects.toThrow("KMS is down");
  down = false;
  expect(await key()).toHaveLength(32);
});
