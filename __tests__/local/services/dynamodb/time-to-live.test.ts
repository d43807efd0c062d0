import {
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  allRecords,
  createTestTable,
  eventually,
  key,
  NEW_AND_OLD_IMAGES,
  startTestDynamoDb,
  type TestDynamoDb,
} from "./harness.ts";

let local: TestDynamoDb;
beforeAll(async () => {
  local = await startTestDynamoDb({ sweepIntervalSeconds: 0.05 });
});
afterAll(() => local.close());

const now = () => Math.floor(Date.now() / 1000);
const setting = (TableName: string, AttributeName: string, Enabled: boolean) =>
  local.db.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }));
const put = (TableName: string, pk: string, expires: number | string) => {
  const value = typeof expires === "number" ? { N: String(expires) } : { S: expires };
  return local.db.send(new PutItemCommand({ TableName, Item: { ...key(pk), expires: value } }));
};
const get = async (TableName: string, pk: string) =>
  (await local.db.send(new GetItemCommand({ TableName, Key: key(pk) }))).Item;
const gone = (TableName: string, pk: string) =>
  eventually(async () => ((await get(TableName, pk)) === undefined ? true : undefined));

test("items are deleted once they expired, whether they were there before or come later; others stay", async () => {
  const name = await createTestTable(local.db, NEW_AND_OLD_IMAGES);
  await put(name, "there-before", now() - 10);
  await put(name, "future", now() + 3600);
  await put(name, "no-number", String(now() - 10));
  await put(name, "six-years-ago", now() - 6 * 365 * 86_400);
  await setting(name, "expires", true);
  await gone(name, "there-before");
  await put(name, "comes-later", now() - 10);
  await gone(name, "comes-later");
  await put(name, "expires-soon", now());
  await gone(name, "expires-soon");
  for (const pk of ["future", "no-number", "six-years-ago"]) expect(await get(name, pk)).toBeDefined();

  const removals = (await allRecords(local.streams, name)).filter(({ eventName }) => eventName === "REMOVE");
  expect(removals.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual([
    "there-before",
    "comes-later",
    "expires-soon",
  ]);
  for (const { userIdentity, dynamodb } of removals) {
    expect(userIdentity).toEqual({ PrincipalId: "dynamodb.amazonaws.com", Type: "Service" });
    expect(dynamodb?.OldImage?.expires).toBeDefined();
  }
});

test("time to live is described, and switched only when that is a change", async () => {
  const TableName = await createTestTable(local.db);
  const describe = async () =>
    (await local.db.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
  expect(await describe()).toEqual({ TimeToLiveStatus: "DISABLED" });
  await expect(setting(TableName, "expires", false)).rejects.toThrow("TimeToLive is already disabled");
  await setting(TableName, "expires", true);
  expect(await describe()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
  await expect(setting(TableName, "expires", true)).rejects.toThrow("TimeToLive is already enabled");
  await expect(setting(TableName, "other", true)).rejects.toThrow(/active on a different AttributeName/);
  await setting(TableName, "expires", false);
  expect(await describe()).toEqual({ TimeToLiveStatus: "DISABLED" });
});
