import type { Item } from "./attribute-value.ts";
import { indexRowKey } from "./dynalite.ts";
import { type IndexKind, indexEntryKey } from "./keyspace.ts";
import type { IndexRow, TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Brings every index of the table in line with a change of one item. */
export function writeIndexEntries(
  unit: UnitOfWork,
  table: TableRow,
  before: Item | undefined,
  after: Item | undefined,
): void {
  for (const index of table.LocalSecondaryIndexes ?? []) writeIndexEntry(unit, table, "local", index, before, after);
  for (const index of table.GlobalSecondaryIndexes ?? []) writeIndexEntry(unit, table, "global", index, before, after);
}

/** Brings one index in line with a change of one item; an item without the index's key is not in the index. */
export function writeIndexEntry(
  unit: UnitOfWork,
  table: TableRow,
  kind: IndexKind,
  index: IndexRow,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const entry = (item: Item) =>
    indexEntryKey(kind, table.TableName, index.IndexName, indexRowKey(item, table, index.KeySchema));
  const old = before && hasKeyOf(before, index, table) ? entry(before) : undefined;
  const now = after && hasKeyOf(after, index, table) ? entry(after) : undefined;
  if (old && old.path !== now?.path) unit.delete(old);
  if (now && after) unit.put(now, projected(after, index, table));
}

function hasKeyOf(item: Item, index: IndexRow, table: TableRow): boolean {
  return index.KeySchema.every(({ AttributeName }) => {
    const definition = table.AttributeDefinitions.find((candidate) => candidate.AttributeName === AttributeName);
    const value = item[AttributeName];
    return value !== undefined && definition !== undefined && definition.AttributeType in value;
  });
}

function projected(item: Item, index: IndexRow, table: TableRow): Item {
  if (index.Projection.ProjectionType === "ALL") return item;
  const names = [...index.KeySchema, ...table.KeySchema].map(({ AttributeName }) => AttributeName);
  const wanted = new Set([...names, ...(index.Projection.NonKeyAttributes ?? [])]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name)));
}
