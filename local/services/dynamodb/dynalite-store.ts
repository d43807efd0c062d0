import { Readable } from "node:stream";
import type { Item } from "./attribute-value.ts";
import type { Context } from "./context.ts";
import { startingWith } from "./database.ts";
import type { PageOptions } from "./dynalite.ts";
import { dynamoDbError, tableNotFound } from "./errors.ts";
import { indexEntries, itemKey, items, TABLES, tableKey, tagKey, tags } from "./keyspace.ts";
import { readPage } from "./read-page.ts";
import { writeIndexEntries } from "./secondary-index.ts";
import type { TableRow } from "./table-row.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

type Callback<T = void> = (error: unknown, result?: T) => void;

/** Runs `body` at once; the unit of work already has what a lock would give. */
const lock = (_key: string, body: (release: <T>(done: T) => T) => void): void => body((done) => done);

/** AWS: "Quotas in Amazon DynamoDB", item size: 400 KB. */
const MAX_ITEM_BYTES = 400 * 1024;

/** The store as dynalite's actions use it, on a unit of work. */
export function dynaliteStore(unit: UnitOfWork, context: Context) {
  let settle: () => void = () => undefined;
  let tableWrites = 0;
  const tableSettled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  // dynalite writes a table as CREATING, UPDATING or DELETING, and in a timer as it will stay.
  const tableWritten = (done: Callback) => {
    tableWrites += 1;
    if (tableWrites === 2) settle();
    done(null);
  };
  const stream = (prefix: string, part: "keys" | "values") =>
    Readable.from(rows(unit, prefix, part), { objectMode: true });

  return {
    writeIndexEntries: (table: TableRow, before: Item | undefined, after: Item | undefined) =>
      writeIndexEntries(unit, table, before, after),
    readPage: (table: TableRow, options: PageOptions) => readPage(unit, table, options),
    /** Resolves when a change of a table has reached its last state. */
    tableSettled,
    options: { maxItemSize: MAX_ITEM_BYTES, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 },
    tableDb: {
      awsAccountId: context.accountId,
      awsRegion: context.region,
      lock,
      get: (name: string, done: Callback<TableRow>) => done(null, unit.get(tableKey(name))),
      put: (name: string, row: TableRow, done: Callback) => {
        unit.put(tableKey(name), row);
        tableWritten(done);
      },
      del: (name: string, done: Callback) => {
        unit.delete(tableKey(name));
        tableWritten(done);
      },
      createKeyStream: () => stream(TABLES, "keys"),
    },
    getTable(name: string, checkStatus: boolean | Callback<TableRow>, callback?: Callback<TableRow>) {
      const done = typeof checkStatus === "function" ? checkStatus : callback;
      const row = unit.get(tableKey(name));
      if (row) return done?.(null, row);
      const error =
        checkStatus === false
          ? tableNotFound(name)
          : dynamoDbError("ResourceNotFoundException", "Requested resource not found");
      error.name = "NotFoundError"; // the name dynalite looks for
      return done?.(error);
    },
    getItemDb: (table: string) => ({
      lock,
      get: (key: string, done: Callback<Item>) => done(null, unit.get(itemKey(table, key))),
      put: (key: string, item: Item, done: Callback) => {
        unit.putItem(table, key, item);
        done(null);
      },
      del: (key: string, done: Callback) => {
        unit.deleteItem(table, key);
        done(null);
      },
    }),
    deleteItemDb: (table: string, done: Callback) => settled(unit.deleteAll(items(table)), done),
    deleteIndexDb: (kind: string, table: string, index: string, done: Callback) =>
      settled(unit.deleteAll(indexEntries(kind === "Local" ? "local" : "global", table, index)), done),
    getTagDb: (table: string) => ({
      batch: (operations: readonly { type: string; key: string; value?: string }[], done: Callback) => {
        for (const { type, key, value } of operations) {
          if (type === "del") unit.delete(tagKey(table, key));
          else unit.put(tagKey(table, key), value ?? "");
        }
        done(null);
      },
      createKeyStream: () => stream(tags(table), "keys"),
      createValueStream: () => stream(tags(table), "values"),
    }),
    deleteTagDb: (table: string, done: Callback) => settled(unit.deleteAll(tags(table)), done),
  };
}

async function* rows(unit: UnitOfWork, prefix: string, part: "keys" | "values"): AsyncGenerator<unknown> {
  for await (const { path, value } of unit.committed(startingWith(prefix))) {
    yield part === "keys" ? path.slice(prefix.length) : value;
  }
}

function settled(promise: Promise<void>, done: Callback): void {
  promise.then(
    () => done(null),
    (error) => done(error),
  );
}
