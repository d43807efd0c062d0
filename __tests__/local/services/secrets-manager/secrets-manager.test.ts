import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  RestoreSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { temporaryDirectory } from "../batch/support.ts";
import { filesBelow, secretStores } from "../secret-stores.ts";

const daySeconds = 24 * 3600;
let now = 1_800_000_000_000;
let stores: Awaited<ReturnType<typeof secretStores>>;
let client: SecretsManagerClient;
beforeEach(async () => {
  stores = await secretStores({ now: () => now });
  client = stores.secretsManager;
});
afterEach(() => stores[Symbol.asyncDispose]());

const create = (Name: string, more: Partial<CreateSecretCommandInput> = {}) =>
  client.send(new CreateSecretCommand({ Name, ...more }));
const put = (SecretId: string, SecretString: string, ClientRequestToken?: string) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
const read = async (SecretId: string, which: { VersionStage?: string; VersionId?: string } = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...which }))).SecretString;
const describeSecret = (SecretId: string) => client.send(new DescribeSecretCommand({ SecretId }));
const remove = (SecretId: string, how: Partial<DeleteSecretCommandInput> = {}) =>
  client.send(new DeleteSecretCommand({ SecretId, ...how }));

const token = (digit: number) => String(digit).repeat(32);
const notFound = {
  name: "ResourceNotFoundException",
  message: "Secrets Manager can't find the specified secret.",
  $metadata: { httpStatusCode: 400 },
};

test("a secret is found by its name, its ARN, and its ARN without the six characters at the end", async () => {
  const { ARN = "", Name, VersionId } = await create("team/api-key", { SecretString: "s3cret" });
  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:000000000000:secret:team\/api-key-[A-Za-z0-9]{6}$/);
  for (const SecretId of ["team/api-key", ARN, ARN.slice(0, -7)]) {
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
      ...{ ARN, Name, VersionId, SecretString: "s3cret" },
      ...{ VersionStages: ["AWSCURRENT"], CreatedDate: new Date(now) },
    });
  }
  for (const other of ["api-key", ARN.slice(0, -1), `${ARN}x`])
    await expect(read(other)).rejects.toMatchObject(notFound);
});

test("bytes come back as bytes, and a secret has one or the other", async () => {
  const bytes = Uint8Array.of(0, 255, 7);
  await create("binary", { SecretBinary: bytes });
  const answer = await client.send(new GetSecretValueCommand({ SecretId: "binary" }));
  expect(Uint8Array.from(answer.SecretBinary ?? [])).toEqual(bytes);
  expect(answer.SecretString).toBeUndefined();
  await expect(create("both", { SecretString: "a", SecretBinary: bytes })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("a secret without a value says so until it gets one", async () => {
  await create("empty");
  await expect(read("empty")).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
  expect((await describeSecret("empty")).VersionIdsToStages).toEqual({});
  await put("empty", "now");
  expect(await read("empty")).toBe("now");
});

test("a new value is current, the one before it the previous, and both can be read by their ids", async () => {
  const { VersionId: first = "" } = await create("s", { SecretString: "one" });
  const { VersionId: second = "", VersionStages } = await put("s", "two");
  expect(VersionStages).toEqual(["AWSCURRENT"]);
  expect(await read("s")).toBe("two");
  expect(await read("s", { VersionStage: "AWSPREVIOUS" })).toBe("one");
  expect(await read("s", { VersionId: first })).toBe("one");
  expect(await read("s", { VersionId: second, VersionStage: "AWSCURRENT" })).toBe("two");
  expect((await describeSecret("s")).VersionIdsToStages).toEqual({
    [first]: ["AWSPREVIOUS"],
    [second]: ["AWSCURRENT"],
  });
  await client.send(new UpdateSecretCommand({ SecretId: "s", SecretString: "three", Description: "third" }));
  expect(await read("s")).toBe("three");
  expect(await describeSecret("s")).toMatchObject({ Description: "third" });
  await expect(read("s", { VersionId: first, VersionStage: "AWSCURRENT" })).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: "You provided a VersionStage that is not associated to the provided VersionId.",
  });
  await expect(read("s", { VersionId: token(9) })).rejects.toMatchObject({
    message: `Secrets Manager can't find the specified secret value for VersionId: ${token(9)}`,
  });
});

test("a request that comes twice makes one version; the same token with another value is refused", async () => {
  const twice = { SecretString: "one", ClientRequestToken: token(1) };
  expect((await create("s", twice)).ARN).toBe((await create("s", twice)).ARN);
  const exists = { name: "ResourceExistsException" };
  await expect(create("s", { ...twice, SecretString: "other" })).rejects.toMatchObject(exists);
  await put("s", "two", token(2));
  await put("s", "two", token(2));
  await expect(put("s", "three", token(2))).rejects.toMatchObject(exists);
  expect(await read("s", { VersionStage: "AWSPREVIOUS" })).toBe("one");
  expect(Object.keys((await describeSecret("s")).VersionIdsToStages ?? {})).toEqual([token(1), token(2)]);
  await expect(create("s", { SecretString: "one" })).rejects.toMatchObject({
    ...exists,
    message: "The operation failed because the secret s already exists.",
  });
});

test("a secret marked for deletion is only described, and restored, until its time is over", async () => {
  const { ARN } = await create("s", { SecretString: "one" });
  const { DeletionDate } = await remove("s", { RecoveryWindowInDays: 7 });
  expect(DeletionDate).toEqual(new Date(now + 7 * daySeconds * 1000));
  const marked = {
    name: "InvalidRequestException",
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  };
  await expect(read("s")).rejects.toMatchObject(marked);
  await expect(put("s", "two")).rejects.toMatchObject(marked);
  await expect(remove("s")).rejects.toMatchObject(marked);
  await expect(create("s")).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
  });
  expect(await describeSecret("s")).toMatchObject({ ARN, DeletedDate: DeletionDate });
  await client.send(new RestoreSecretCommand({ SecretId: "s" }));
  expect(await read("s")).toBe("one");

  await remove("s");
  now += 30 * daySeconds * 1000;
  await expect(describeSecret("s")).rejects.toMatchObject(notFound);
  expect((await create("s")).ARN).not.toBe(ARN);
});

test("a deletion without recovery is at once, and says nothing of what was not there", async () => {
  await create("s", { SecretString: "one" });
  await remove("s", { ForceDeleteWithoutRecovery: true });
  await expect(describeSecret("s")).rejects.toMatchObject(notFound);
  await remove("s", { ForceDeleteWithoutRecovery: true });
  expect(filesBelow(stores.directory)).toEqual([]);
});

test.each([
  [{ RecoveryWindowInDays: 6 }, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."],
  [{ RecoveryWindowInDays: 31 }, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."],
  [
    { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
  ],
])("a deletion with %j is refused", async (how, message) => {
  await create("s");
  await expect(remove("s", how)).rejects.toMatchObject({ name: "InvalidParameterException", message });
});

test("secrets are listed newest first, in pages, those marked for deletion only when asked for; never their values", async () => {
  for (const name of ["a", "b", "c"]) await create(name, { SecretString: `value of ${name}`, Description: name });
  await remove("b");
  const names: (string | undefined)[][] = [];
  for await (const page of paginateListSecrets({ client, pageSize: 1 }, {})) {
    names.push(page.SecretList?.map(({ Name }) => Name) ?? []);
    expect(JSON.stringify(page)).not.toContain("value of");
  }
  expect(names).toEqual([["c"], ["a"]]);
  const all = await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  expect(all.SecretList?.map(({ Name }) => Name)).toEqual(["c", "b", "a"]);
  expect(JSON.stringify(await describeSecret("a"))).not.toContain("value of");
  await expect(client.send(new ListSecretsCommand({ NextToken: "?" }))).rejects.toMatchObject({
    name: "InvalidNextTokenException",
  });
});

test("tags are added and replaced", async () => {
  await create("s", { Tags: [{ Key: "a", Value: "1" }] });
  const Tags = [
    { Key: "a", Value: "2" },
    { Key: "b", Value: "" },
  ];
  await client.send(new TagResourceCommand({ SecretId: "s", Tags }));
  expect((await describeSecret("s")).Tags).toEqual(Tags);
});

test.each<[string, Partial<CreateSecretCommandInput>]>([
  ["a name with a space", { Name: "a b" }],
  ["a value that is too long", { SecretString: "x".repeat(65_537) }],
  ["a replica", { AddReplicaRegions: [{ Region: "us-east-1" }] }],
])("a secret with %s is refused", async (_, changes) => {
  await expect(create("s", changes)).rejects.toMatchObject({ name: "ValidationException" });
});

test("a value has to be given, and every other operation is refused by name", async () => {
  await create("s");
  await expect(client.send(new PutSecretValueCommand({ SecretId: "s" }))).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: "You must provide either SecretString or SecretBinary.",
  });
  await expect(client.send(new RotateSecretCommand({ SecretId: "s" }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "The local Secrets Manager has no operation RotateSecret.",
  });
});

test("secrets are there after a restart, in files of this user alone", async () => {
  const directory = temporaryDirectory();
  const before = await secretStores({ directory: directory.path });
  await before.secretsManager.send(new CreateSecretCommand({ Name: "kept", SecretString: "value" }));
  await before[Symbol.asyncDispose]();
  expect(filesBelow(directory.path).map(({ mode }) => mode)).toEqual(["600"]);
  const after = await secretStores({ directory: directory.path });
  const { SecretString } = await after.secretsManager.send(new GetSecretValueCommand({ SecretId: "kept" }));
  expect(SecretString).toBe("value");
  await after[Symbol.asyncDispose]();
  directory.remove();
});
