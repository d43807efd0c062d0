import { createHmac } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateMacCommand,
  type KMSClient,
  TagResourceCommand,
  UpdateAliasCommand,
  VerifyMacCommand,
} from "@aws-sdk/client-kms";
import * as fc from "fast-check";
import { temporaryDirectory } from "../batch/support.ts";
import { filesBelow, secretStores } from "../secret-stores.ts";

const arn = (resource: string) => `arn:aws:kms:eu-west-1:000000000000:${resource}`;
const nobody = "11111111-2222-3333-4444-555555555555";

let stores: Awaited<ReturnType<typeof secretStores>>;
let kms: KMSClient;
beforeAll(async () => {
  stores = await secretStores({ now: () => 1_800_000_000_000 });
  kms = stores.kms;
});
afterAll(() => stores[Symbol.asyncDispose]());

async function createKey(client = kms): Promise<string> {
  const request = new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" });
  return (await client.send(request)).KeyMetadata?.KeyId ?? "";
}
const MacAlgorithm = "HMAC_SHA_256";
const macOf = async (KeyId: string, text: string, client = kms) =>
  (await client.send(new GenerateMacCommand({ KeyId, Message: Buffer.from(text), MacAlgorithm }))).Mac;
const verify = (KeyId: string, message: Uint8Array, Mac: Uint8Array | undefined) =>
  kms.send(new VerifyMacCommand({ KeyId, Message: message, Mac, MacAlgorithm }));

test("a key is described as it was created", async () => {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      KeyUsage: "GENERATE_VERIFY_MAC",
      CustomerMasterKeySpec: "HMAC_256",
      Description: "page tokens",
      Tags: [{ TagKey: "stage", TagValue: "local" }],
    }),
  );
  const keyId = KeyMetadata?.KeyId ?? "";
  expect(KeyMetadata).toEqual({
    AWSAccountId: "000000000000",
    Arn: arn(`key/${keyId}`),
    KeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    CreationDate: new Date(1_800_000_000_000),
    Description: "page tokens",
    Enabled: true,
    KeyState: "Enabled",
    KeyUsage: "GENERATE_VERIFY_MAC",
    KeySpec: "HMAC_256",
    CustomerMasterKeySpec: "HMAC_256",
    MacAlgorithms: ["HMAC_SHA_256"],
    KeyManager: "CUSTOMER",
    Origin: "AWS_KMS",
    MultiRegion: false,
  });
  for (const KeyId of [keyId, arn(`key/${keyId}`)])
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toEqual(KeyMetadata);
  await kms.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: "more", TagValue: "" }] }));
});

test("a MAC is the HMAC of the message under a key that no answer has", async () => {
  const keyId = await createKey();
  const answer = await kms.send(
    new GenerateMacCommand({ KeyId: keyId, Message: Buffer.from("message"), MacAlgorithm }),
  );
  expect(answer).toMatchObject({ KeyId: arn(`key/${keyId}`), MacAlgorithm });
  const file = filesBelow(stores.directory).find(({ path }) => path.includes(keyId));
  const { material } = JSON.parse(file?.text ?? "");
  expect(file?.mode).toBe("600");
  expect(Buffer.from(material, "base64")).toHaveLength(32);
  expect(Buffer.from(answer.Mac ?? [])).toEqual(
    createHmac("sha256", Buffer.from(material, "base64")).update("message").digest(),
  );
});

test("VerifyMac accepts what GenerateMac gave, and nothing that differs in a bit or in length", async () => {
  const keyId = await createKey();
  const message = fc.uint8Array({ minLength: 1, maxLength: 4096 });
  await fc.assert(
    fc.asyncProperty(message, fc.nat({ max: 255 }), async (Message, bit) => {
      const { Mac = new Uint8Array() } = await kms.send(
        new GenerateMacCommand({ KeyId: keyId, Message, MacAlgorithm }),
      );
      expect(await verify(keyId, Message, Mac)).toMatchObject({ MacValid: true, KeyId: arn(`key/${keyId}`) });
      const flipped = Mac.with(bit >> 3, (Mac[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      for (const wrong of [flipped, Mac.slice(1), Buffer.concat([Mac, Mac])])
        await expect(verify(keyId, Message, wrong)).rejects.toMatchObject({ name: "KMSInvalidMacException" });
    }),
    { numRuns: 20 },
  );
  const another = await createKey();
  const mac = await macOf(another, "m");
  await expect(verify(keyId, Buffer.from("m"), mac)).rejects.toMatchObject({ name: "KMSInvalidMacException" });
});

test("an alias stands for its key, by name and by ARN, until it is given to another", async () => {
  const [first, second] = [await createKey(), await createKey()];
  const AliasName = `alias/${"Long/Name_".repeat(25)}`;
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: first }));
  expect(await macOf(AliasName, "m")).toEqual(await macOf(first, "m"));
  await expect(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: second }))).rejects.toMatchObject({
    name: "AlreadyExistsException",
    message: `An alias with the name ${arn(AliasName)} already exists`,
  });
  await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: arn(`key/${second}`) }));
  expect(await macOf(arn(AliasName), "m")).toEqual(await macOf(second, "m"));
});

test.each([
  [nobody, "NotFoundException", `Key '${arn(`key/${nobody}`)}' does not exist`],
  [arn(`key/${nobody}`), "NotFoundException", `Key '${arn(`key/${nobody}`)}' does not exist`],
  ["mine", "NotFoundException", "Invalid keyId 'mine'"],
  ["toString", "NotFoundException", "Invalid keyId 'toString'"],
  ["alias/mine", "NotFoundException", `Alias ${arn("alias/mine")} is not found.`],
  [`arn:aws:kms:us-east-1:000000000000:key/${nobody}`, "NotFoundException", /^Invalid arn /],
  ["", "ValidationException", /Value at 'keyId' failed to satisfy constraint: Member must have length greater/],
])("the key %j is refused as AWS does it", async (KeyId, name, message) => {
  const refusal = {
    name,
    message: typeof message === "string" ? message : expect.stringMatching(message),
    $metadata: { httpStatusCode: 400 },
  };
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject(refusal);
  await expect(macOf(KeyId, "m")).rejects.toMatchObject(refusal);
});

test("messages of another length, another algorithm and other keys are refused", async () => {
  const KeyId = await createKey();
  for (const length of [0, 4097]) {
    const Message = Buffer.alloc(length);
    await expect(kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  }
  await expect(
    kms.send(new GenerateMacCommand({ KeyId, Message: Buffer.from("m"), MacAlgorithm: "HMAC_SHA_512" })),
  ).rejects.toMatchObject({
    name: "InvalidKeyUsageException",
    message: "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.",
  });
  for (const request of [{}, { KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_512" } as const])
    await expect(kms.send(new CreateKeyCommand(request))).rejects.toMatchObject({
      name: "UnsupportedOperationException",
      message: expect.stringContaining("only keys with the usage GENERATE_VERIFY_MAC and the spec HMAC_256"),
    });
});

test("every other operation is refused by name", async () => {
  const KeyId = await createKey();
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("p") }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "The local KMS has no operation Encrypt.",
  });
});

test("keys and aliases are there after a restart; a damaged file stops the start without a word of what it holds", async () => {
  const directory = temporaryDirectory();
  const AliasName = "alias/kept";
  const before = await secretStores({ directory: directory.path });
  await before.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: await createKey(before.kms) }));
  const mac = await macOf(AliasName, "m", before.kms);
  await before[Symbol.asyncDispose]();

  const after = await secretStores({ directory: directory.path });
  expect(await macOf(AliasName, "m", after.kms)).toEqual(mac);
  await after[Symbol.asyncDispose]();

  const file = filesBelow(directory.path).find(({ text }) => text.includes("material"))?.path ?? "";
  const { material } = JSON.parse(readFileSync(file, "utf8"));
  appendFileSync(file, material);
  const failure: unknown = await secretStores({ directory: directory.path }).catch((error: unknown) => error);
  expect(String(failure)).toContain(`The data in ${file} is corrupt (it is not JSON)`);
  expect(String(failure)).not.toContain(material.slice(0, 10));
  directory.remove();
});
