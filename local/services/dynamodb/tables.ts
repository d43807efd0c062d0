import type { Context } from "./context.ts";
import { type CheckedRequest, check, run } from "./dynalite.ts";
import { dynaliteStore } from "./dynalite-store.ts";
import { tableNotFound, validationError } from "./errors.ts";
import { changeGlobalIndexes } from "./global-index.ts";
import { settingsKey, tableKey, tagKey } from "./keyspace.ts";
import { disableStream, enableStream } from "./stream-recorder.ts";
import type { TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

// What the real CreateTable and UpdateTable know beyond this (replicas, resource policies, warm throughput, …) is refused.
const createMembers = new Set([
  "TableName",
  "AttributeDefinitions",
  "KeySchema",
  "BillingMode",
  "ProvisionedThroughput",
  "LocalSecondaryIndexes",
  "GlobalSecondaryIndexes",
  "StreamSpecification",
  "SSESpecification",
  "TableClass",
  "DeletionProtectionEnabled",
  "Tags",
]);
const updateMembers = new Set([
  "TableName",
  "AttributeDefinitions",
  "BillingMode",
  "ProvisionedThroughput",
  "GlobalSecondaryIndexUpdates",
  "StreamSpecification",
  "SSESpecification",
  "TableClass",
  "DeletionProtectionEnabled",
]);

export async function createTable(unit: UnitOfWork, body: object, context: Context): Promise<object> {
  refuseUnknown(body, createMembers);
  const store = dynaliteStore(unit, context);
  const { Tags, StreamSpecification, SSESpecification, TableClass, DeletionProtectionEnabled, ...request } = check(
    "CreateTable",
    body,
    store,
  );
  const settings = { StreamSpecification, SSESpecification, TableClass, DeletionProtectionEnabled };
  await run("CreateTable", store, request);
  await store.tableSettled;
  const created = applySettings(unit, existingTable(unit, request.TableName), settings, context);
  unit.put(tableKey(request.TableName), created);
  for (const { Key, Value } of Tags ?? []) unit.put(tagKey(request.TableName, Key), Value);
  return { TableDescription: { ...created, TableStatus: "CREATING" } };
}

export async function updateTable(unit: UnitOfWork, body: object, context: Context): Promise<object> {
  refuseUnknown(body, updateMembers);
  const store = dynaliteStore(unit, context);
  const request = check("UpdateTable", body, store, "shape");
  const { TableName, AttributeDefinitions = [], GlobalSecondaryIndexUpdates = [] } = request;
  existingTable(unit, TableName);
  const changes = Object.keys(request).filter((member) => member !== "TableName" && member !== "AttributeDefinitions");
  if (changes.length === 0) {
    throw validationError(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
        "SSESpecification or ReplicaUpdates is required",
    );
  }
  const throughput = throughputPart(request);
  if (throughput) {
    await run("UpdateTable", store, check("UpdateTable", throughput, store));
    await store.tableSettled;
  }
  const table = existingTable(unit, TableName);
  const indexed = await changeGlobalIndexes(unit, table, GlobalSecondaryIndexUpdates, AttributeDefinitions);
  const updated = applySettings(unit, indexed, request, context);
  unit.put(tableKey(TableName), updated);
  return { TableDescription: { ...updated, TableStatus: "UPDATING" } };
}

export async function deleteTable(unit: UnitOfWork, body: object, context: Context): Promise<object> {
  const store = dynaliteStore(unit, context);
  const request = check("DeleteTable", body, store);
  const table = existingTable(unit, request.TableName);
  if (table.DeletionProtectionEnabled) {
    throw validationError(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  disableStream(unit, table, context);
  const result = await run("DeleteTable", store, request);
  await store.tableSettled;
  unit.delete(settingsKey(request.TableName));
  return result;
}

/** The part of an UpdateTable that dynalite carries out, if there is one. */
function throughputPart(request: CheckedRequest): object | undefined {
  const { TableName, BillingMode, ProvisionedThroughput, GlobalSecondaryIndexUpdates = [] } = request;
  const updates = GlobalSecondaryIndexUpdates.filter(({ Update }) => Update !== undefined);
  if (!BillingMode && !ProvisionedThroughput && updates.length === 0) return undefined;
  return {
    TableName,
    ...(BillingMode && { BillingMode }),
    ...(ProvisionedThroughput && { ProvisionedThroughput }),
    ...(updates.length > 0 && { GlobalSecondaryIndexUpdates: updates }),
  };
}

function refuseUnknown(body: object, known: ReadonlySet<string>): void {
  const unknown = Object.keys(body).filter((member) => !known.has(member));
  if (unknown.length > 0) throw validationError(`Not supported by the local DynamoDB: ${unknown.join(", ")}`);
}

/** @throws ServiceError ResourceNotFoundException */
export function existingTable(unit: UnitOfWork, name: string): TableRow {
  const table = unit.get(tableKey(name));
  if (!table) throw tableNotFound(name);
  return table;
}

type Settings = Pick<
  CheckedRequest,
  "StreamSpecification" | "SSESpecification" | "TableClass" | "DeletionProtectionEnabled"
>;

/** Enters in the description what dynalite does not keep. */
function applySettings(unit: UnitOfWork, table: TableRow, settings: Settings, context: Context): TableRow {
  const { SSESpecification, TableClass, DeletionProtectionEnabled } = settings;
  const described: TableRow = {
    ...table,
    DeletionProtectionEnabled: DeletionProtectionEnabled ?? table.DeletionProtectionEnabled ?? false,
    ...(TableClass !== undefined && { TableClassSummary: { TableClass } }),
    ...(SSESpecification?.Enabled && { SSEDescription: encryption(SSESpecification, context) }),
  };
  if (SSESpecification?.Enabled === false) delete described.SSEDescription;
  return applyStream(unit, described, settings.StreamSpecification, context);
}

function applyStream(
  unit: UnitOfWork,
  table: TableRow,
  specification: Settings["StreamSpecification"],
  context: Context,
): TableRow {
  if (specification === undefined) return table;
  const { StreamEnabled, StreamViewType } = specification;
  if (!StreamEnabled) {
    if (StreamViewType) throw validationError("StreamViewType must not be given when StreamEnabled is false");
    return disableStream(unit, table, context);
  }
  if (!StreamViewType) throw validationError("StreamViewType must be given when StreamEnabled is true");
  if (table.StreamSpecification) throw validationError(`Table already has an enabled stream: ${table.TableName}`);
  return enableStream(unit, table, StreamViewType, context);
}

function encryption(specification: NonNullable<Settings["SSESpecification"]>, { region, accountId }: Context) {
  return {
    Status: "ENABLED",
    SSEType: specification.SSEType ?? "KMS",
    KMSMasterKeyArn: specification.KMSMasterKeyId ?? `arn:aws:kms:${region}:${accountId}:alias/aws/dynamodb`,
  };
}
