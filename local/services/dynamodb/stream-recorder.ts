import { randomBytes } from "node:crypto";
import { type Item, sameItem } from "./attribute-value.ts";
import type { Context } from "./context.ts";
import { itemSize } from "./dynalite.ts";
import { lastSequenceKey, streamKey, streamRecordKey, tableKey } from "./keyspace.ts";
import type { StreamRecordRow, StreamRow } from "./stream-rows.ts";
import { primaryKey, type StreamViewType, type TableRow } from "./table-row.ts";
import type { ItemChange, UnitOfWork } from "./unit-of-work.ts";

/**
 * Adds to the unit one stream record for each item it changes in a table with a stream, so that both are written
 * together. A write that leaves the item as it was gives no record (AWS: "Change data capture for DynamoDB Streams").
 */
export function recordChanges(unit: UnitOfWork, context: Context): void {
  let sequence: number | undefined;
  for (const change of unit.itemChanges()) {
    const table = unit.get(tableKey(change.table));
    if (!table?.StreamSpecification || !table.LatestStreamLabel) continue;
    if (sameItem(change.before, change.after)) continue;
    sequence = (sequence ?? unit.get(lastSequenceKey) ?? 0) + 1;
    const record = makeRecord(change, table, table.StreamSpecification.StreamViewType, sequence, unit, context);
    unit.put(streamRecordKey(table.TableName, table.LatestStreamLabel, sequence), record);
  }
  if (sequence !== undefined) unit.put(lastSequenceKey, sequence);
}

function makeRecord(
  { before, after }: ItemChange,
  table: TableRow,
  view: StreamViewType,
  sequence: number,
  unit: UnitOfWork,
  context: Context,
): StreamRecordRow {
  const keys = primaryKey(after ?? before ?? {}, table);
  const images: { newImage?: Item; oldImage?: Item } = {
    ...(after && (view === "NEW_IMAGE" || view === "NEW_AND_OLD_IMAGES") && { newImage: after }),
    ...(before && (view === "OLD_IMAGE" || view === "NEW_AND_OLD_IMAGES") && { oldImage: before }),
  };
  return {
    eventId: randomBytes(16).toString("hex"),
    eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
    createdAt: context.clock(),
    sequence,
    keys,
    ...images,
    sizeBytes: itemSize(keys) + itemSize(images.newImage ?? {}) + itemSize(images.oldImage ?? {}),
    ...(unit.userIdentity && { userIdentity: unit.userIdentity }),
  };
}

/** Makes a new stream for the table and enters it in the table's description. */
export function enableStream(unit: UnitOfWork, table: TableRow, viewType: StreamViewType, context: Context): TableRow {
  const createdAt = context.clock();
  const label = unusedLabel(unit, table.TableName, createdAt);
  const startsAfter = unit.get(lastSequenceKey) ?? 0;
  const { TableName: tableName, TableArn: tableArn, KeySchema: keySchema } = table;
  unit.put(streamKey(tableName, label), {
    tableName,
    tableArn,
    label,
    viewType,
    keySchema,
    createdAt,
    startsAfter,
    trimmedThrough: startsAfter,
  });
  return {
    ...table,
    StreamSpecification: { StreamEnabled: true, StreamViewType: viewType },
    LatestStreamLabel: label,
    LatestStreamArn: streamArn({ tableArn, label }),
  };
}

/** Ends the table's stream; its records stay readable until they are 24 hours old. */
export function disableStream(unit: UnitOfWork, table: TableRow, context: Context): TableRow {
  const { StreamSpecification, ...rest } = table;
  if (!StreamSpecification || !table.LatestStreamLabel) return table;
  const key = streamKey(table.TableName, table.LatestStreamLabel);
  const stream = unit.get(key);
  if (stream) unit.put(key, { ...stream, disabled: { at: context.clock(), endsAt: unit.get(lastSequenceKey) ?? 0 } });
  return rest;
}

export function streamArn(stream: Pick<StreamRow, "tableArn" | "label">): string {
  return `${stream.tableArn}/stream/${stream.label}`;
}

/** A label is a time, and two streams of a table never have the same. */
function unusedLabel(unit: UnitOfWork, table: string, time: number): string {
  const label = new Date(time).toISOString().replace("Z", "");
  return unit.get(streamKey(table, label)) ? unusedLabel(unit, table, time + 1) : label;
}
