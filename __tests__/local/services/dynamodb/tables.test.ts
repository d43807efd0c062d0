import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { signedFetch } from "../../signatures/signed.ts";
import { ACCOUNT, createTestTable, key, REGION, startTestDynamoDb, type TestDynamoDb } from "./harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb();
});
afterAll(() => local.close());

const describeTable = async (TableName: string) =>
  (await local.db.send(new DescribeTableCommand({ TableName }))).Table ?? {};

const pkAndSk = [
  { AttributeName: "pk", AttributeType: "S" as const },
  { AttributeName: "sk", AttributeType: "S" as const },
];
const byOwner = {
  IndexName: "by-owner",
  KeySchema: [{ AttributeName: "owner", KeyType: "HASH" as const }],
  Projection: { ProjectionType: "ALL" as const },
};
const ownerIsString = [{ AttributeName: "owner", AttributeType: "S" as const }];

const owned = async (TableName: string, owner: string) => {
  const page = await local.db.send(
    new QueryCommand({
      TableName,
      IndexName: "by-owner",
      KeyConditionExpression: "#o = :o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: owner } },
    }),
  );
  return page.Items?.map((item) => item.sk?.S).sort();
};

test("a table is ACTIVE as soon as it is created, and its ARN has the region and the account", async () => {
  const name = await createTestTable(local.db);
  expect(await describeTable(name)).toMatchObject({
    TableStatus: "ACTIVE",
    TableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    DeletionProtectionEnabled: false,
  });
  expect((await local.db.send(new ListTablesCommand({}))).TableNames).toContain(name);
});

test("encryption, table class and tags are kept and reported", async () => {
  const name = await createTestTable(local.db, {
    SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: "alias/mine" },
    TableClass: "STANDARD_INFREQUENT_ACCESS",
    Tags: [{ Key: "stage", Value: "local" }],
  });
  const table = await describeTable(name);
  expect(table.SSEDescription).toEqual({ Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: "alias/mine" });
  expect(table.TableClassSummary).toEqual({ TableClass: "STANDARD_INFREQUENT_ACCESS" });

  const ResourceArn = table.TableArn ?? "";
  await local.db.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "system", Value: "bot" }] }));
  await local.db.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["stage"] }));
  const { Tags } = await local.db.send(new ListTagsOfResourceCommand({ ResourceArn }));
  expect(Tags).toEqual([{ Key: "system", Value: "bot" }]);
});

test("a protected table is not deleted until the protection is switched off", async () => {
  const name = await createTestTable(local.db, { DeletionProtectionEnabled: true });
  await expect(local.db.send(new DeleteTableCommand({ TableName: name }))).rejects.toThrow(
    /protected against deletion/,
  );
  await local.db.send(new UpdateTableCommand({ TableName: name, DeletionProtectionEnabled: false }));
  await local.db.send(new DeleteTableCommand({ TableName: name }));
  await expect(describeTable(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("a deleted table leaves nothing to a new one of the same name", async () => {
  const input = { AttributeDefinitions: [...pkAndSk, ...ownerIsString], GlobalSecondaryIndexes: [byOwner] };
  const name = await createTestTable(local.db, { ...input, Tags: [{ Key: "a", Value: "b" }] });
  await local.db.send(new PutItemCommand({ TableName: name, Item: { ...key("p"), owner: { S: "ann" } } }));
  await local.db.send(
    new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName: "t", Enabled: true } }),
  );
  await local.db.send(new DeleteTableCommand({ TableName: name }));
  await createTestTable(local.db, { ...input, TableName: name });
  expect(await owned(name, "ann")).toEqual([]);
  const { TimeToLiveDescription } = await local.db.send(new DescribeTimeToLiveCommand({ TableName: name }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "DISABLED" });
  const ResourceArn = (await describeTable(name)).TableArn;
  expect((await local.db.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags).toEqual([]);
});

test("a new index has the items that were there, follows later writes, and can be deleted", async () => {
  const TableName = await createTestTable(local.db);
  const put = (sk: string, owner: { S: string } | { N: string }) =>
    local.db.send(new PutItemCommand({ TableName, Item: { ...key("p", sk), owner } }));
  await put("1", { S: "ann" });
  await put("2", { N: "7" }); // not a string: not in the index
  await local.db.send(
    new UpdateTableCommand({
      TableName,
      AttributeDefinitions: ownerIsString,
      GlobalSecondaryIndexUpdates: [{ Create: byOwner }],
    }),
  );
  expect((await describeTable(TableName)).GlobalSecondaryIndexes).toMatchObject([
    { IndexName: "by-owner", IndexStatus: "ACTIVE" },
  ]);
  await put("3", { S: "ann" });
  expect(await owned(TableName, "ann")).toEqual(["1", "3"]);
  await put("1", { S: "bob" });
  expect(await owned(TableName, "ann")).toEqual(["3"]);

  await local.db.send(
    new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-owner" } }] }),
  );
  const table = await describeTable(TableName);
  expect(table.GlobalSecondaryIndexes).toBeUndefined();
  expect(table.AttributeDefinitions).toHaveLength(2);
  await expect(owned(TableName, "ann")).rejects.toThrow("The table does not have the specified index: by-owner");
});

test("an index keeps every one of many items with the same index key", async () => {
  const TableName = await createTestTable(local.db, {
    AttributeDefinitions: [...pkAndSk, ...ownerIsString],
    GlobalSecondaryIndexes: [byOwner],
  });
  // The hashes of these two keys begin with the same 24 bits, which is all that dynalite tells index entries apart by.
  const [one, other] = ["item-2489", "item-2897"] as const;
  for (const pk of [one, other]) {
    await local.db.send(new PutItemCommand({ TableName, Item: { ...key(pk, pk), owner: { S: "ann" } } }));
  }
  expect(await owned(TableName, "ann")).toEqual([one, other].sort());
});

test.each([
  ["a second index of the same name", { Create: byOwner }, /already exists/],
  ["an index that is not there", { Delete: { IndexName: "nowhere" } }, /Index: nowhere not found/],
])("fails when %s is asked for", async (_case, change, message) => {
  const TableName = await createTestTable(local.db, {
    AttributeDefinitions: [...pkAndSk, ...ownerIsString],
    GlobalSecondaryIndexes: [byOwner],
  });
  const update = new UpdateTableCommand({
    TableName,
    AttributeDefinitions: ownerIsString,
    GlobalSecondaryIndexUpdates: [change],
  });
  await expect(local.db.send(update)).rejects.toThrow(message);
});

test("the billing mode can be changed to provisioned and back", async () => {
  const TableName = await createTestTable(local.db);
  const ProvisionedThroughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
  await local.db.send(new UpdateTableCommand({ TableName, BillingMode: "PROVISIONED", ProvisionedThroughput }));
  expect((await describeTable(TableName)).ProvisionedThroughput).toMatchObject(ProvisionedThroughput);
  await local.db.send(new UpdateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST" }));
  expect(await describeTable(TableName)).toMatchObject({
    TableStatus: "ACTIVE",
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
  });
});

test("point-in-time recovery is a setting that is kept, without a time to restore to", async () => {
  const TableName = await createTestTable(local.db);
  const recovery = async () => {
    const { ContinuousBackupsDescription } = await local.db.send(new DescribeContinuousBackupsCommand({ TableName }));
    return ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  };
  expect(await recovery()).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
  await local.db.send(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    }),
  );
  expect(await recovery()).toEqual({ PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 7 });
});

test("what is not known is refused, never ignored", async () => {
  await expect(local.db.send(new ExecuteStatementCommand({ Statement: "SELECT 1" }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    $metadata: { httpStatusCode: 400 },
  });
  const TableName = await createTestTable(local.db);
  const replicate = new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName: "us-east-1" } }] });
  await expect(local.db.send(replicate)).rejects.toThrow("Not supported by the local DynamoDB: ReplicaUpdates");
  await expect(local.db.send(new UpdateTableCommand({ TableName }))).rejects.toThrow(/At least one of/);
});

test("a request that is no DynamoDB request gets AWS's kind of error", async () => {
  const response = await signedFetch({ service: "dynamodb", region: REGION, url: local.server.endpoint, body: "{" });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ __type: "com.amazon.coral.service#SerializationException" });
});
