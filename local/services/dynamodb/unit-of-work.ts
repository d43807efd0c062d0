import type { Item } from "./attribute-value.ts";
import type { Change, Database, Range } from "./database.ts";
import { startingWith } from "./database.ts";
import { itemKey, type Key } from "./keyspace.ts";
import type { UserIdentity } from "./stream-rows.ts";

/** What a unit of work did to one item. */
export interface ItemChange {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/**
 * The reads and writes of one request. Writes are kept back and seen by later reads of the same unit; they reach the
 * disk together when the unit is committed, or never.
 */
export interface UnitOfWork {
  get<Value>(key: Key<Value>): Value | undefined;
  put<Value>(key: Key<Value>, value: Value): void;
  delete(key: Key<unknown>): void;
  /** Deletes every row on disk whose path begins with the prefix. */
  deleteAll(prefix: string): Promise<void>;
  /** The rows on disk, without the unit's own writes. */
  committed<Value>(range: Range): AsyncGenerator<{ readonly path: string; readonly value: Value }>;
  putItem(table: string, key: string, item: Item): void;
  deleteItem(table: string, key: string): void;
  itemChanges(): ItemChange[];
  changes(): Change[];
  /** Set when the service itself, not a client, makes the change. */
  userIdentity?: UserIdentity;
}

export function beginUnitOfWork(database: Database): UnitOfWork {
  const reads = new Map<string, unknown>();
  const writes = new Map<string, unknown>();
  const touched = new Map<
    string,
    { readonly table: string; readonly key: Key<Item>; readonly before: Item | undefined }
  >();

  function get<Value>(key: Key<Value>): Value | undefined;
  function get(key: Key<unknown>): unknown {
    if (writes.has(key.path)) return writes.get(key.path);
    if (!reads.has(key.path)) reads.set(key.path, database.get(key));
    return reads.get(key.path);
  }

  const touch = (table: string, key: Key<Item>) => {
    if (!touched.has(key.path)) touched.set(key.path, { table, key, before: get(key) });
  };

  return {
    get,
    put: (key, value) => void writes.set(key.path, value),
    delete: (key) => void writes.set(key.path, undefined),
    async deleteAll(prefix) {
      for await (const { path } of database.entries(startingWith(prefix))) writes.set(path, undefined);
    },
    committed: (range) => database.entries(range),
    putItem(table, rowKey, item) {
      const key = itemKey(table, rowKey);
      touch(table, key);
      writes.set(key.path, item);
    },
    deleteItem(table, rowKey) {
      const key = itemKey(table, rowKey);
      touch(table, key);
      writes.set(key.path, undefined);
    },
    itemChanges: () => [...touched.values()].map(({ table, key, before }) => ({ table, before, after: get(key) })),
    changes: () => [...writes].map(([path, value]) => ({ path, value })),
  };
}
