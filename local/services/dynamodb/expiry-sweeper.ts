import type { Item } from "./attribute-value.ts";
import type { Context } from "./context.ts";
import { type Database, startingWith } from "./database.ts";
import { rowKey, run } from "./dynalite.ts";
import { dynaliteStore } from "./dynalite-store.ts";
import { itemKey, items, settingsKey, TABLES, tableKey } from "./keyspace.ts";
import { primaryKey, type TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Runs a unit of work on its own and commits it. */
export type Exclusively = <T>(work: (unit: UnitOfWork) => T | Promise<T>) => Promise<T>;

/** AWS: "Using time to live (TTL) in DynamoDB": what expired more than five years ago is not deleted. */
const FIVE_YEARS_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Who deletes expired items, as stream records say it. */
const TIME_TO_LIVE = { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" };

/**
 * Deletes items whose time to live has passed. It remembers when the next item of a table expires, so that a sweep with
 * nothing to do reads no items.
 */
export function expirySweeper(database: Database, context: Context, exclusively: Exclusively) {
  /** Epoch seconds by table; a table that is not here has not been read since the start. */
  const nextExpiry = new Map<string, number>();
  const nowSeconds = () => Math.floor(context.clock() / 1000);

  async function sweepTable(table: TableRow, attribute: string): Promise<void> {
    const name = table.TableName;
    if ((nextExpiry.get(name) ?? 0) > nowSeconds()) return;
    nextExpiry.set(name, Number.POSITIVE_INFINITY); // noteChanges lowers it while this reads
    for await (const { value } of database.entries<Item>(startingWith(items(name)))) {
      if (isExpired(value, attribute, nowSeconds())) await exclusively((unit) => deleteIfExpired(unit, table, value));
      else note(name, expiryOf(value, attribute));
    }
  }

  /** The item may have been changed since it was read, or time to live switched off. */
  async function deleteIfExpired(unit: UnitOfWork, { TableName }: TableRow, seen: Item): Promise<void> {
    const table = unit.get(tableKey(TableName));
    const attribute = unit.get(settingsKey(TableName))?.timeToLiveAttribute;
    if (!table || attribute === undefined) return;
    const current = unit.get(itemKey(TableName, rowKey(seen, table)));
    if (!current || !isExpired(current, attribute, nowSeconds())) return;
    unit.userIdentity = TIME_TO_LIVE;
    await run("DeleteItem", dynaliteStore(unit, context), { TableName, Key: primaryKey(seen, table) });
  }

  function note(table: string, expiry: number | undefined): void {
    if (expiry === undefined || expiry < nowSeconds() - FIVE_YEARS_SECONDS) return;
    nextExpiry.set(table, Math.min(nextExpiry.get(table) ?? 0, expiry));
  }

  return {
    /** Takes in what a committed unit of work wrote. */
    noteChanges(unit: UnitOfWork): void {
      for (const { table, after } of unit.itemChanges()) {
        const attribute = after && unit.get(settingsKey(table))?.timeToLiveAttribute;
        if (attribute !== undefined) note(table, expiryOf(after, attribute));
      }
      // A new setting or a new table of the same name: what was remembered no longer holds.
      for (const { path } of unit.changes()) {
        const table = /^(?:settings|table)~(.*)$/.exec(path)?.[1];
        if (table !== undefined) nextExpiry.delete(table);
      }
    },
    async sweep(): Promise<void> {
      for await (const { value: table } of database.entries<TableRow>(startingWith(TABLES))) {
        const attribute = database.get(settingsKey(table.TableName))?.timeToLiveAttribute;
        if (attribute !== undefined) await sweepTable(table, attribute);
      }
    },
  };
}

function isExpired(item: Item, attribute: string, now: number): boolean {
  const expiry = expiryOf(item, attribute);
  return expiry !== undefined && expiry < now && expiry > now - FIVE_YEARS_SECONDS;
}

/** Epoch seconds, or undefined for an item without a number in that attribute. */
function expiryOf(item: Item | undefined, attribute: string): number | undefined {
  const value = item && Object.hasOwn(item, attribute) ? item[attribute] : undefined;
  return value?.N === undefined ? undefined : Number(value.N);
}
