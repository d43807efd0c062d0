import type { Item } from "./attribute-value.ts";
import { satisfies, satisfiesLegacy } from "./condition.ts";
import type { Range } from "./database.ts";
import { itemSize, type PageOptions, pageSize, project, type RangeRequest, rowKey } from "./dynalite.ts";
import { type IndexKind, indexEntries, itemKey, items } from "./keyspace.ts";
import type { TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A page ends with the item that reaches this size (AWS: "Paginating table query results"). */
const PAGE_BYTES = 1024 * 1024;

/** Bytes of one read capacity unit (AWS: "DynamoDB read and write operations"). */
const READ_UNIT_BYTES = 4 * 1024;

/** One page of a Query or Scan: reads up to the limit or 1 MB, then filters, then projects. */
export async function readPage(unit: UnitOfWork, table: TableRow, options: PageOptions): Promise<object> {
  const { request, kind, startKeyNames } = options;
  const limit = request.Limit ?? Number.POSITIVE_INFINITY;
  const rangeKey = table.KeySchema[1]?.AttributeName;
  const read: Item[] = [];
  let size = 0;
  let indexBytes = 0;
  let tableBytes = 0;

  for await (const { value } of unit.committed<Item>(absolute(options))) {
    const item = options.fetchItems ? unit.get(itemKey(request.TableName, rowKey(value, table))) : value;
    if (!item) continue; // deleted since the page began
    if (request.IndexName) indexBytes += itemSize(value);
    if (!request.IndexName || options.fetchItems) tableBytes += itemSize(item);
    size += pageSize(item, rangeKey);
    read.push(item);
    if (read.length >= limit || size >= PAGE_BYTES) break;
  }

  const matching = read.filter((item) => passes(request, item));
  const paths = request._projection?.paths ?? request.AttributesToGet;
  const last = read.length >= limit || size >= PAGE_BYTES ? read.at(-1) : undefined;
  return {
    ScannedCount: read.length,
    Count: matching.length,
    ...(request.Select !== "COUNT" && { Items: paths ? matching.map((item) => project(paths, item)) : matching }),
    ...(last && { LastEvaluatedKey: Object.fromEntries(startKeyNames.map((name) => [name, last[name]])) }),
    ...consumed(request, kind, tableBytes, indexBytes),
  };
}

function absolute({ request, range, kind }: PageOptions): Range {
  const prefix = request.IndexName
    ? indexEntries(kind, request.TableName, request.IndexName)
    : items(request.TableName);
  const upper = "lte" in range || "lt" in range ? {} : { lt: `${prefix}\u{10ffff}` };
  const lower = "gte" in range || "gt" in range ? {} : { gte: prefix };
  const bounds = Object.entries(range).filter(([name]) => ["gt", "gte", "lt", "lte"].includes(name));
  return {
    ...lower,
    ...upper,
    ...Object.fromEntries(bounds.map(([name, bound]) => [name, prefix + bound])),
    reverse: range.reverse === true,
  };
}

function passes(request: RangeRequest, item: Item): boolean {
  if (request._filter) return satisfies(request._filter.expression, item);
  const legacy = request.QueryFilter ?? request.ScanFilter;
  return legacy ? satisfiesLegacy(legacy, request.ConditionalOperator, item) : true;
}

function consumed(request: RangeRequest, kind: IndexKind, tableBytes: number, indexBytes: number): object {
  const detail = request.ReturnConsumedCapacity;
  if (detail !== "TOTAL" && detail !== "INDEXES") return {};
  const units = (size: number) => Math.ceil(size / READ_UNIT_BYTES) * (request.ConsistentRead ? 1 : 0.5);
  const [ofTable, ofIndex] = [units(tableBytes), units(indexBytes)];
  const indexes = kind === "local" ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes";
  return {
    ConsumedCapacity: {
      CapacityUnits: ofTable + ofIndex,
      TableName: request.TableName,
      ...(detail === "INDEXES" && {
        Table: { CapacityUnits: ofTable },
        ...(request.IndexName && { [indexes]: { [request.IndexName]: { CapacityUnits: ofIndex } } }),
      }),
    },
  };
}
