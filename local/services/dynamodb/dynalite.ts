// The only file that knows dynalite's insides. dynalite's actions are functions of (store, request, callback): they are
// run here against a store that reads and writes through a unit of work, with the parts of dynalite that were wrong
// replaced by ours. dynalite's own HTTP server and LevelDB store are not used. Written for dynalite 4.0.0.

import { createRequire } from "node:module";
import type { AttributeValue, Item } from "./attribute-value.ts";
import { compare, type Expression, type LegacyCondition, satisfies, satisfiesLegacy } from "./condition.ts";
import { conditionalCheckFailed, ServiceError, unknownOperation } from "./errors.ts";
import type { IndexKind } from "./keyspace.ts";
import { extendSchemas, type OperationSchema, type Schemas } from "./request-schema.ts";
import type { AttributeDefinition, IndexRow, KeySchemaElement, StreamViewType, TableRow } from "./table-row.ts";
import { cloneIfOperand, prepareUpdate, type UpdateExpression } from "./update-expression.ts";

type Callback = (error: unknown, result?: object) => void;

/** A request that dynalite has checked; `_condition`, `_filter` and `_updates` are the expressions it parsed. */
export interface CheckedRequest {
  TableName: string;
  Key?: Item;
  Item?: Item;
  Expected?: Readonly<Record<string, LegacyCondition>>;
  ConditionalOperator?: string;
  ReturnValuesOnConditionCheckFailure?: string;
  ReturnConsumedCapacity?: string;
  _condition?: { readonly expression: Expression };
  _updates?: UpdateExpression;
  AttributeDefinitions?: readonly AttributeDefinition[];
  BillingMode?: string;
  ProvisionedThroughput?: object;
  GlobalSecondaryIndexUpdates?: readonly IndexUpdate[];
  StreamSpecification?: { readonly StreamEnabled: boolean; readonly StreamViewType?: StreamViewType } | undefined;
  SSESpecification?:
    | { readonly Enabled?: boolean; readonly SSEType?: string; readonly KMSMasterKeyId?: string }
    | undefined;
  TableClass?: string | undefined;
  DeletionProtectionEnabled?: boolean | undefined;
  Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** One member of `GlobalSecondaryIndexUpdates`: one of the three is set. */
export interface IndexUpdate {
  readonly Create?: Pick<IndexRow, "IndexName" | "KeySchema" | "Projection"> & {
    readonly ProvisionedThroughput?: object;
  };
  readonly Update?: { readonly IndexName: string };
  readonly Delete?: { readonly IndexName: string };
}

/** The parts of a checked Query or Scan that decide what a page has. */
export interface RangeRequest {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly Select?: string;
  readonly ConsistentRead?: boolean;
  readonly ReturnConsumedCapacity?: string;
  readonly ConditionalOperator?: string;
  readonly QueryFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly ScanFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly AttributesToGet?: readonly string[];
  readonly _filter?: { readonly expression: Expression };
  readonly _projection?: { readonly paths: readonly unknown[] };
}

/** Bounds within one table or index. */
export interface RelativeRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
}

/** One page of a Query or Scan. */
export interface PageOptions {
  readonly request: RangeRequest;
  readonly range: RelativeRange;
  readonly kind: IndexKind;
  /** The index lacks attributes that were asked for: take them from the table. */
  readonly fetchItems: boolean;
  /** The attributes of LastEvaluatedKey. */
  readonly startKeyNames: readonly string[];
}

/** What dynalite's actions are run against; the members they use themselves are in dynalite-store.ts. */
export interface Store {
  /** Brings the table's indexes in line with a change of one item. */
  writeIndexEntries(table: TableRow, before: Item | undefined, after: Item | undefined): void;
  readPage(table: TableRow, options: PageOptions): Promise<object>;
}

interface DynaliteDatabase {
  validateKey(key: Item, table: TableRow): unknown;
  createKey(item: Item, table: TableRow, keySchema?: readonly KeySchemaElement[]): string;
  createIndexKey(item: Item, table: TableRow, keySchema: readonly KeySchemaElement[]): string;
  mapPath(path: readonly (string | number)[], item: Item): AttributeValue | undefined;
  mapPaths(paths: readonly unknown[], item: Item): Item;
  itemSize(item: Item, compress?: boolean, addMetaSize?: boolean, rangeKey?: string): number;
  checkConditional(request: CheckedRequest, existing: Item | undefined): unknown;
  compare(operator: string, subject: AttributeValue | undefined, operands: AttributeValue | AttributeValue[]): boolean;
  updateIndexes(
    store: Store,
    table: TableRow,
    before: Item | null | undefined,
    after: Item | null | undefined,
    done: Callback,
  ): void;
  queryTable(
    store: Store,
    table: TableRow,
    request: RangeRequest,
    range: RelativeRange,
    isLocal: boolean,
    fetchItems: boolean,
    startKeyNames: string[],
    done: Callback,
  ): void;
}

interface Validations {
  checkTypes(body: object, types: Schemas): CheckedRequest;
  checkValidations(request: CheckedRequest, types: Schemas, custom: unknown, store: Store): void;
}

interface Operation {
  readonly action: (store: Store, request: CheckedRequest, done: Callback) => void;
  readonly schema: OperationSchema;
}

interface UpdateTableTypes {
  readonly GlobalSecondaryIndexUpdates: {
    readonly children: {
      readonly children: {
        readonly Create: { readonly children: { readonly ProvisionedThroughput: { notNull?: boolean } } };
      };
    };
  };
}

const require = createRequire(import.meta.url);
const database: DynaliteDatabase = require("dynalite/db/index.js");
const validations: Validations = require("dynalite/validations/index.js");

const operationNames = [
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "ListTagsOfResource",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "UntagResource",
  "UpdateItem",
  "UpdateTable",
] as const;

/** An operation that dynalite carries out. */
export type OperationName = (typeof operationNames)[number];

const operations = new Map<string, Operation>(
  operationNames.map((name) => {
    const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
    return [name, { action: require(`dynalite/actions/${file}`), schema: require(`dynalite/validations/${file}`) }];
  }),
);
extendSchemas((name) => operation(name).schema.types);

// dynalite asks for the throughput of a new index, which one of an on-demand table does not have.
const updateTable: { types: UpdateTableTypes } = require("dynalite/validations/updateTable.js");
const newIndex = updateTable.types.GlobalSecondaryIndexUpdates.children.children.Create.children;
delete newIndex.ProvisionedThroughput.notNull;

// dynalite's modules call each other through these exports, so a better one put here is used everywhere.
const original = { createKey: database.createKey, createIndexKey: database.createIndexKey, mapPath: database.mapPath };

// dynalite ends an index key with 24 bits of a hash of the primary key: of 5,000 items with the same index key, one is
// likely to be lost. The primary key itself is added.
database.createIndexKey = (item, table, keySchema) =>
  `${original.createIndexKey(item, table, keySchema)}/${original.createKey(item, table)}`;

database.mapPath = (path, item) => cloneIfOperand(path, original.mapPath(path, item));

database.compare = (operator, subject, operands) =>
  compare(operator, subject, Array.isArray(operands) ? operands : [operands]);

database.checkConditional = (request, existing) =>
  meetsCondition(request, existing) ? null : conditionalCheckFailed();

database.updateIndexes = (store, table, before, after, done) => {
  store.writeIndexEntries(table, before ?? undefined, after ?? undefined);
  done(null);
};

database.queryTable = (store, table, request, range, isLocal, fetchItems, startKeyNames, done) => {
  const kind = isLocal ? "local" : "global";
  store.readPage(table, { request, range, kind, fetchItems, startKeyNames }).then(
    (page) => done(null, page),
    (error) => done(error),
  );
};

/**
 * Checks the shape, the types and the rules of a request, and parses its expressions.
 * @throws ServiceError as AWS would answer.
 */
export function check(name: OperationName, body: object, store: Store, rules: "all" | "shape" = "all"): CheckedRequest {
  const { types, custom } = operation(name).schema;
  try {
    const request = validations.checkTypes(body, types);
    validations.checkValidations(request, types, rules === "all" ? custom : undefined, store);
    if (request._updates) prepareUpdate(request._updates);
    return request;
  } catch (error) {
    throw asServiceError(error);
  }
}

/** Carries out a checked request. Rejects with a ServiceError, or with what it is if it was not foreseen. */
export function run(name: OperationName, store: Store, request: CheckedRequest): Promise<object> {
  return new Promise<object>((resolve, reject) => {
    operation(name).action(store, request, (error, result) => (error ? reject(error) : resolve(result ?? {})));
  }).catch((error) => {
    throw asServiceError(error);
  });
}

/** Whether the item satisfies the request's condition, in whichever of the two forms it has. */
export function meetsCondition(request: CheckedRequest, existing: Item | undefined): boolean {
  if (request._condition) return satisfies(request._condition.expression, existing ?? {});
  if (request.Expected) return satisfiesLegacy(request.Expected, request.ConditionalOperator, existing ?? {});
  return true;
}

/**
 * The text that orders an item within its table.
 * @throws ServiceError when the key is not that of the table.
 */
export function checkedRowKey(key: Item, table: TableRow): string {
  const invalid = database.validateKey(key, table);
  if (invalid) throw asServiceError(invalid);
  return database.createKey(key, table);
}

/** The text that orders an item within its table; the item is known to have the table's key. */
export function rowKey(item: Item, table: TableRow): string {
  return database.createKey(item, table);
}

/** The text that orders an item within an index. */
export function indexRowKey(item: Item, table: TableRow, keySchema: readonly KeySchemaElement[]): string {
  return database.createIndexKey(item, table, keySchema);
}

/** Size of an item in bytes, as DynamoDB counts it. */
export function itemSize(item: Item): number {
  return database.itemSize(item);
}

/** Size of an item in bytes, as it counts towards the 1 MB of a page of Query or Scan. */
export function pageSize(item: Item, rangeKey: string | undefined): number {
  return database.itemSize(item, true, true, rangeKey);
}

/** The parts of an item that a projection names. */
export function project(paths: readonly unknown[], item: Item): Item {
  return database.mapPaths(paths, item);
}

function operation(name: string): Operation {
  const found = operations.get(name);
  if (!found) throw unknownOperation();
  return found;
}

function asServiceError(error: unknown): unknown {
  if (error instanceof ServiceError || !(error instanceof Error)) return error;
  if (!("statusCode" in error && "body" in error)) return error;
  const { statusCode, body } = error;
  return typeof statusCode === "number" && hasType(body) ? new ServiceError(statusCode, body) : error;
}

function hasType(body: unknown): body is { __type: string } {
  return typeof body === "object" && body !== null && "__type" in body && typeof body.__type === "string";
}
