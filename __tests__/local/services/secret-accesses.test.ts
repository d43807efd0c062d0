import { CreateAliasCommand, CreateKeyCommand, GenerateMacCommand } from "@aws-sdk/client-kms";
import { CreateSecretCommand, GetSecretValueCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, GetParameterCommand, GetParametersCommand } from "@aws-sdk/client-ssm";
import type { Access } from "../../../local/iam/access.ts";
import { onlyDeveloper } from "../../../local/iam/authority.ts";
import { secretStores } from "./secret-stores.ts";

const asked: Access[] = [];
let stores: Awaited<ReturnType<typeof secretStores>>;
beforeAll(async () => {
  stores = await secretStores({
    authority: {
      ...onlyDeveloper,
      async decide(_, access) {
        asked.push(access);
        return access.resource.endsWith("forbidden")
          ? { effect: "not allowed" }
          : { effect: "allowed", by: "developer" };
      },
    },
  });
});
afterAll(() => stores[Symbol.asyncDispose]());
beforeEach(() => asked.splice(0));

const accesses = () => asked.map(({ action, resource }) => `${action} ${resource}`);
const arn = (resource: string) => `arn:aws:${resource.replace(":", ":eu-west-1:000000000000:")}`;

test("whatever a key is called by, IAM is asked about the key", async () => {
  const { KeyMetadata } = await stores.kms.send(
    new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }),
  );
  const { KeyId = "", Arn = "" } = KeyMetadata ?? {};
  await stores.kms.send(new CreateAliasCommand({ AliasName: "alias/a", TargetKeyId: KeyId }));
  const Message = Buffer.from("m");
  for (const key of [KeyId, Arn, "alias/a", arn("kms:alias/a")])
    await stores.kms.send(new GenerateMacCommand({ KeyId: key, Message, MacAlgorithm: "HMAC_SHA_256" }));
  expect(accesses()).toEqual([
    "kms:CreateKey *",
    `kms:CreateAlias ${arn("kms:alias/a")}`,
    `kms:CreateAlias ${Arn}`,
    ...Array(4).fill(`kms:GenerateMac ${Arn}`),
  ]);
});

test("whatever a secret is called by, IAM is asked about its ARN; of one that is not there as policies write it", async () => {
  const { ARN = "" } = await stores.secretsManager.send(new CreateSecretCommand({ Name: "s", SecretString: "v" }));
  for (const SecretId of ["s", ARN, ARN.slice(0, -7)])
    await stores.secretsManager.send(new GetSecretValueCommand({ SecretId }));
  await stores.secretsManager.send(new ListSecretsCommand({}));
  expect(accesses()).toEqual([
    `secretsmanager:CreateSecret ${arn("secretsmanager:secret:s-??????")}`,
    ...Array(3).fill(`secretsmanager:GetSecretValue ${ARN}`),
    "secretsmanager:ListSecrets *",
  ]);
});

test("of several parameters IAM is asked about each, and one that is forbidden forbids all", async () => {
  await stores.ssm.send(new GetParametersCommand({ Names: ["/a/b", arn("ssm:parameter/c")] }));
  await stores.ssm.send(new DescribeParametersCommand({}));
  expect(accesses()).toEqual([
    `ssm:GetParameters ${arn("ssm:parameter/a/b")}`,
    `ssm:GetParameters ${arn("ssm:parameter/c")}`,
    "ssm:DescribeParameters *",
  ]);
  const forbidden = "parameter/forbidden";
  for (const command of [
    stores.ssm.send(new GetParametersCommand({ Names: ["a", "/forbidden"] })),
    stores.ssm.send(new GetParameterCommand({ Name: "/forbidden" })),
  ])
    await expect(command).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`on resource: ${arn(`ssm:${forbidden}`)} because no identity-based policy`),
    });
});
