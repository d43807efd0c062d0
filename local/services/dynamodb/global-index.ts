import type { Item } from "./attribute-value.ts";
import { startingWith } from "./database.ts";
import type { IndexUpdate } from "./dynalite.ts";
import { dynamoDbError, validationError } from "./errors.ts";
import { indexEntries, items } from "./keyspace.ts";
import { writeIndexEntry } from "./secondary-index.ts";
import type { AttributeDefinition, IndexRow, TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** AWS: "Quotas in Amazon DynamoDB": global secondary indexes per table. */
const MAX_INDEXES = 20;

/**
 * Creates (with the items that are already there) or deletes a global index; `Update` is not its matter.
 * @returns the table's new description.
 */
export async function changeGlobalIndexes(
  unit: UnitOfWork,
  table: TableRow,
  updates: readonly IndexUpdate[],
  definitions: readonly AttributeDefinition[],
): Promise<TableRow> {
  const changes = updates.filter(({ Create, Delete }) => Create !== undefined || Delete !== undefined);
  if (changes.length > 1) {
    throw dynamoDbError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  const [change] = changes;
  if (change?.Create && change.Delete) {
    throw validationError(
      "One or more parameter values were invalid: Only one of Create, Update and Delete may be specified",
    );
  }
  if (change?.Create) return createIndex(unit, table, change.Create, definitions);
  if (change?.Delete) return deleteIndex(unit, table, change.Delete.IndexName);
  return withDefinitions(table, definitions);
}

async function createIndex(
  unit: UnitOfWork,
  table: TableRow,
  create: NonNullable<IndexUpdate["Create"]>,
  definitions: readonly AttributeDefinition[],
): Promise<TableRow> {
  const defined = withDefinitions(table, definitions);
  refuseInvalidIndex(defined, create);
  const index: IndexRow = {
    ...create,
    IndexArn: `${table.TableArn}/index/${create.IndexName}`,
    IndexSizeBytes: 0,
    IndexStatus: "ACTIVE",
    ItemCount: 0,
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ...(create.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
    },
  };
  for await (const { value } of unit.committed<Item>(startingWith(items(table.TableName)))) {
    writeIndexEntry(unit, defined, "global", index, undefined, value);
  }
  return { ...defined, GlobalSecondaryIndexes: [...(table.GlobalSecondaryIndexes ?? []), index] };
}

function refuseInvalidIndex(
  table: TableRow,
  { IndexName, KeySchema, Projection, ProvisionedThroughput }: NewIndex,
): void {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const invalid = (problem: string) => validationError(`One or more parameter values were invalid: ${problem}`);
  if (indexes.some((index) => index.IndexName === IndexName)) {
    throw validationError(`Attempting to create an index which already exists: ${IndexName}`);
  }
  if ((table.GlobalSecondaryIndexes?.length ?? 0) >= MAX_INDEXES) {
    throw invalid(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_INDEXES}`);
  }
  const [hash, range] = KeySchema;
  if (hash?.KeyType !== "HASH") {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (range && range.KeyType !== "RANGE") {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (hash.AttributeName === range?.AttributeName) {
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  const defined = new Set(table.AttributeDefinitions.map(({ AttributeName }) => AttributeName));
  const keys = KeySchema.map(({ AttributeName }) => AttributeName);
  if (!keys.every((key) => defined.has(key))) {
    throw invalid(
      "Some index key attributes are not defined in AttributeDefinitions. " +
        `Keys: [${keys.join(", ")}], AttributeDefinitions: [${[...defined].join(", ")}]`,
    );
  }
  const { ProjectionType, NonKeyAttributes } = Projection;
  if (ProjectionType === undefined) throw invalid("Unknown ProjectionType: null");
  if (NonKeyAttributes && ProjectionType !== "INCLUDE") {
    throw invalid(`ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`);
  }
  const onDemand = table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
  if (onDemand && ProvisionedThroughput) {
    throw invalid(
      `ProvisionedThroughput should not be specified for index: ${IndexName} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (!onDemand && !ProvisionedThroughput) {
    throw invalid(`ProvisionedThroughput must be specified for index: ${IndexName}`);
  }
}

type NewIndex = NonNullable<IndexUpdate["Create"]>;

async function deleteIndex(unit: UnitOfWork, table: TableRow, name: string): Promise<TableRow> {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  const remaining = indexes.filter(({ IndexName }) => IndexName !== name);
  if (remaining.length === indexes.length) {
    throw dynamoDbError("ResourceNotFoundException", `Requested resource not found: Index: ${name} not found`);
  }
  await unit.deleteAll(indexEntries("global", table.TableName, name));
  const { GlobalSecondaryIndexes, ...rest } = table;
  const changed: TableRow = remaining.length > 0 ? { ...rest, GlobalSecondaryIndexes: remaining } : rest;
  return { ...changed, AttributeDefinitions: changed.AttributeDefinitions.filter(isKeyOf(changed)) };
}

/** DynamoDB defines only the attributes that are part of some key. */
function isKeyOf(table: TableRow): (definition: AttributeDefinition) => boolean {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const schemas = [table.KeySchema, ...indexes.map(({ KeySchema }) => KeySchema)];
  const names = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  return ({ AttributeName }) => names.has(AttributeName);
}

function withDefinitions(table: TableRow, definitions: readonly AttributeDefinition[]): TableRow {
  const added = definitions.filter(({ AttributeName, AttributeType }) => {
    const known = table.AttributeDefinitions.find((definition) => definition.AttributeName === AttributeName);
    if (known && known.AttributeType !== AttributeType) {
      throw validationError(
        `One or more parameter values were invalid: ${AttributeName} is already defined as ${known.AttributeType}`,
      );
    }
    return !known;
  });
  return { ...table, AttributeDefinitions: [...table.AttributeDefinitions, ...added] };
}
