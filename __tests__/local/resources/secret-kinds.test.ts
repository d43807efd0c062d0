import { DescribeKeyCommand, GenerateMacCommand } from "@aws-sdk/client-kms";
import { DescribeSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { createIam } from "../../../local/iam/index.ts";
import { kmsKinds } from "../../../local/resources/kms.ts";
import { parameterStoreKinds, secretsManagerKinds } from "../../../local/resources/secrets.ts";
import type { StageContext } from "../../../local/resources/stage-context.ts";
import { secretStores } from "../services/secret-stores.ts";

let stores: Awaited<ReturnType<typeof secretStores>>;
beforeEach(async () => {
  stores = await secretStores();
});
afterEach(() => stores[Symbol.asyncDispose]());

const context: StageContext = {
  ...{ region: "eu-west-1", accountId: "000000000000", namePrefix: "armature-local-", url: "http://127.0.0.1:1" },
  directories: { functions: "/nowhere", logs: "/nowhere" },
  serviceEndpoints: {},
  iam: createIam({ region: "eu-west-1", accountId: "000000000000" }),
  declarations: { functions: new Map(), mappings: [], invocations: [], apis: new Map() },
};

async function make(type: string, body: Record<string, unknown>, { stack = "local-a", id = "It" } = {}) {
  const { kms, secretsManager, ssm } = stores;
  const kinds = new Map([...kmsKinds(kms), ...secretsManagerKinds(secretsManager), ...parameterStoreKinds(ssm)]);
  const kind = kinds.get(type);
  if (!kind) throw new Error(`no kind ${type}`);
  return kind({ stack, address: `${type}.${id}`, body, directory: "/nowhere" }, context);
}

const hmacKey = { key_usage: "GENERATE_VERIFY_MAC", customer_master_key_spec: "HMAC_256" };

test("a stack's key is the same at every start, and another one's is another", async () => {
  const inert = { deletion_window_in_days: 7, policy: "{}", is_enabled: true, enable_key_rotation: false };
  const made = await make("aws_kms_key", { ...hmacKey, ...inert, description: "tokens" });
  const id = String(made.key_id);
  expect(made).toEqual({ arn: `arn:aws:kms:eu-west-1:000000000000:key/${id}`, id, key_id: id });
  expect(await make("aws_kms_key", hmacKey)).toEqual(made);
  expect(await make("aws_kms_key", hmacKey, { id: "Other" })).not.toEqual(made);
  expect(await make("aws_kms_key", hmacKey, { stack: "local-b" })).not.toEqual(made);
  const { KeyMetadata } = await stores.kms.send(new DescribeKeyCommand({ KeyId: id }));
  expect(KeyMetadata?.Description).toBe("tokens");
});

test("an alias stands for the key it was given last", async () => {
  const keys = [await make("aws_kms_key", hmacKey), await make("aws_kms_key", hmacKey, { id: "Other" })];
  for (const key of [...keys, ...keys.slice(1)]) {
    const made = await make("aws_kms_alias", { name: "alias/tokens", target_key_id: key.key_id });
    expect(made).toEqual({
      id: "alias/tokens",
      arn: "arn:aws:kms:eu-west-1:000000000000:alias/tokens",
      target_key_arn: key.arn,
    });
    const request = { KeyId: "alias/tokens", Message: Buffer.from("m"), MacAlgorithm: "HMAC_SHA_256" } as const;
    expect((await stores.kms.send(new GenerateMacCommand(request))).KeyId).toBe(key.arn);
  }
});

test("a secret is made without a value, and keeps the one it got", async () => {
  const made = await make("aws_secretsmanager_secret", { name: "team/key", recovery_window_in_days: 0 });
  expect(made).toEqual({ arn: expect.stringMatching(/:secret:team\/key-\w{6}$/), id: made.arn });
  const secretsManager = stores.secretsManager;
  await secretsManager.send(new PutSecretValueCommand({ SecretId: "team/key", SecretString: "value" }));
  expect(await make("aws_secretsmanager_secret", { name: "team/key", description: "new" })).toEqual(made);
  const described = await secretsManager.send(new DescribeSecretCommand({ SecretId: "team/key" }));
  expect(described.Description).toBe("new");
  expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([["AWSCURRENT"]]);
});

test("a parameter has the stack's value, and a new version only when that is a new one", async () => {
  const body = { name: "/team/url", type: "String", value: "https://one" };
  const made = await make("aws_ssm_parameter", { ...body, overwrite: true });
  expect(made).toEqual({ arn: "arn:aws:ssm:eu-west-1:000000000000:parameter/team/url", id: "/team/url", version: 1 });
  expect(await make("aws_ssm_parameter", body)).toEqual(made);
  const secure = { name: body.name, type: "SecureString", value: "https://two" };
  expect(await make("aws_ssm_parameter", secure)).toEqual({ ...made, version: 2 });
  expect(await make("aws_ssm_parameter", secure)).toEqual({ ...made, version: 2 });
  const { Parameter } = await stores.ssm.send(new GetParameterCommand({ Name: "/team/url", WithDecryption: true }));
  expect(Parameter).toMatchObject({ Value: "https://two", Type: "SecureString" });
});

test.each<[string, Record<string, unknown>, string]>([
  ["aws_kms_key", { ...hmacKey, key_usage: "ENCRYPT_DECRYPT" }, "key_usage: only keys for HMACs are on this machine"],
  ["aws_kms_key", { key_usage: "GENERATE_VERIFY_MAC" }, "customer_master_key_spec: only HMAC_256 keys"],
  ["aws_kms_key", { ...hmacKey, multi_region: true }, "multi_region"],
  ["aws_kms_key", { ...hmacKey, is_enabled: false }, "is_enabled"],
  ["aws_kms_key", { ...hmacKey, custom_key_store_id: "x" }, "custom_key_store_id: the local stage does not know this"],
  ["aws_kms_alias", { name_prefix: "alias/x", target_key_id: "k" }, "name_prefix: the local stage does not know this"],
  ["aws_kms_alias", { name: "alias/x", target_key_id: "k" }, "Invalid keyId 'k'"],
  ["aws_secretsmanager_secret", { name: "s", replica: [] }, "replica: the local stage does not know this argument"],
  ["aws_ssm_parameter", { name: "p", type: "String" }, "aws_ssm_parameter.It: needs a value"],
  ["aws_ssm_parameter", { name: "p", type: "String", value: "v", value_wo: "w" }, "value_wo: the local stage does not"],
])("%s with %j is refused", async (type, body, message) => {
  await expect(make(type, body)).rejects.toThrow(message);
});
