import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  paginateDescribeParameters,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { temporaryDirectory } from "../batch/support.ts";
import { filesBelow, secretStores } from "../secret-stores.ts";

const now = 1_800_000_000_000;
let stores: Awaited<ReturnType<typeof secretStores>>;
let client: SSMClient;
beforeEach(async () => {
  stores = await secretStores({ now: () => now });
  client = stores.ssm;
});
afterEach(() => stores[Symbol.asyncDispose]());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
const get = async (Name: string, WithDecryption?: boolean) =>
  (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
const arn = (name: string) => `arn:aws:ssm:eu-west-1:000000000000:parameter/${name}`;

test("a parameter is found by its name and by its ARN", async () => {
  expect(await put("/team/color", "blue")).toMatchObject({ Version: 1, Tier: "Standard" });
  const parameter = {
    ...{ Name: "/team/color", ARN: arn("team/color"), Type: "String", Value: "blue", Version: 1, DataType: "text" },
    LastModifiedDate: new Date(now),
  };
  for (const name of ["/team/color", arn("team/color")]) expect(await get(name)).toEqual(parameter);
  await put("plain", "a,b", { Type: "StringList" });
  expect(await get(arn("plain"))).toMatchObject({ Name: "plain", Type: "StringList", Value: "a,b" });
  for (const name of ["team/color", arn("color"), "toString"])
    await expect(get(name)).rejects.toMatchObject({
      name: "ParameterNotFound",
      $metadata: { httpStatusCode: 400 },
    });
});

test("a SecureString shows its value to who asks for the decryption, and noise to others", async () => {
  await put("secret", "s3cret", { Type: "SecureString" });
  expect((await get("secret", true))?.Value).toBe("s3cret");
  expect((await get("secret"))?.Value).toMatch(/^[A-Za-z0-9+/=]{100,}$/);
  const { Parameters } = await client.send(new GetParametersCommand({ Names: ["secret"], WithDecryption: true }));
  expect(Parameters?.map(({ Value }) => Value)).toEqual(["s3cret"]);
});

test("an existing parameter is overwritten only when asked for, as a new version", async () => {
  await put("p", "one");
  await expect(put("p", "two")).rejects.toMatchObject({
    name: "ParameterAlreadyExists",
    message: "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  });
  expect(await put("p", "two", { Overwrite: true, Type: undefined })).toMatchObject({ Version: 2 });
  expect(await get("p")).toMatchObject({ Value: "two", Version: 2, Type: "String" });
});

test("several are read at once; those that are not there are named", async () => {
  for (const name of ["a", "b"]) await put(name, name);
  const answer = await client.send(new GetParametersCommand({ Names: ["b", "none", "a", "b"] }));
  expect(answer.Parameters?.map(({ Name }) => Name)).toEqual(["b", "a"]);
  expect(answer.InvalidParameters).toEqual(["none"]);
  await expect(client.send(new GetParametersCommand({ Names: [] }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("a deleted parameter is gone, from the disk too", async () => {
  await put("p", "one");
  await client.send(new DeleteParameterCommand({ Name: "p" }));
  await expect(get("p")).rejects.toMatchObject({ name: "ParameterNotFound" });
  await expect(client.send(new DeleteParameterCommand({ Name: "p" }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
  expect(filesBelow(stores.directory)).toEqual([]);
});

test("parameters are described in pages, without their values", async () => {
  for (const name of ["a", "b", "c"]) await put(name, `value of ${name}`, { Description: name });
  const names: (string | undefined)[][] = [];
  for await (const page of paginateDescribeParameters({ client, pageSize: 2 }, {})) {
    names.push(page.Parameters?.map(({ Name }) => Name) ?? []);
    expect(JSON.stringify(page)).not.toContain("value of");
  }
  expect(names).toEqual([["c", "b"], ["a"]]);
});

test("a value that the standard tier has no room for needs the advanced one, which stays", async () => {
  const long = "x".repeat(4097);
  await expect(put("p", long)).rejects.toThrow("Standard tier parameters support a maximum parameter value of 4096");
  expect(await put("p", long, { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
  expect(await put("p", "short", { Overwrite: true })).toMatchObject({ Tier: "Advanced" });
  await expect(put("q", "x".repeat(8193), { Tier: "Advanced" })).rejects.toThrow("maximum parameter value of 8192");
});

test.each<[string, Partial<PutParameterCommandInput>]>([
  ["a path that does not begin at the root", { Name: "team/color" }],
  ["a reserved name", { Name: "/aws/x" }],
  ["a name with a space", { Name: "a b" }],
  ["no value", { Value: "" }],
  ["no type", { Type: undefined }],
  ["a pattern, which nothing here checks", { AllowedPattern: ".*" }],
  ["tags while overwriting", { Overwrite: true, Tags: [{ Key: "a", Value: "b" }] }],
])("a parameter with %s is refused", async (_, changes) => {
  await expect(put("p", "value", changes)).rejects.toMatchObject({ name: "ValidationException" });
});

test("every other operation is refused by name", async () => {
  await expect(client.send(new GetParametersByPathCommand({ Path: "/" }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "The local Parameter Store has no operation GetParametersByPath.",
  });
});

test("parameters are there after a restart, in files of this user alone", async () => {
  const directory = temporaryDirectory();
  const before = await secretStores({ directory: directory.path });
  await before.ssm.send(new PutParameterCommand({ Name: "/kept", Value: "value", Type: "SecureString" }));
  await before[Symbol.asyncDispose]();
  expect(filesBelow(directory.path).map(({ mode }) => mode)).toEqual(["600"]);
  const after = await secretStores({ directory: directory.path });
  const { Parameter } = await after.ssm.send(new GetParameterCommand({ Name: "/kept", WithDecryption: true }));
  expect(Parameter?.Value).toBe("value");
  await after[Symbol.asyncDispose]();
  directory.remove();
});
