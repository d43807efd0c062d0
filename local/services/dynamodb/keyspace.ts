import type { Item } from "./attribute-value.ts";
import type { StreamRecordRow, StreamRow } from "./stream-rows.ts";
import type { TableRow } from "./table-row.ts";

/**
 * The address of one row in the database, with the type of what is stored there.
 * A `~` ends a name: no table, index or stream has one in its name.
 */
export interface Key<Value> {
  readonly path: string;
  /** Never set; it ties the address to the type of its value. */
  readonly holds?: Value;
}

export type IndexKind = "local" | "global";

/** What a table has besides its description. */
export interface SettingsRow {
  readonly timeToLiveAttribute?: string;
  readonly pointInTimeRecovery?: { readonly days: number };
}

/** A transaction that was carried out under a client's token. */
export interface TokenRow {
  /** SHA-256 of the request. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly completedAt: number;
}

/** Sequence numbers are padded to this many digits, so that they sort as text. */
const SEQUENCE_DIGITS = 20;

export const TABLES = "table~";
export const STREAMS = "stream~";
export const TOKENS = "token~";

export const tableKey = (table: string): Key<TableRow> => ({ path: `${TABLES}${table}` });
export const settingsKey = (table: string): Key<SettingsRow> => ({ path: `settings~${table}` });
export const tokenKey = (token: string): Key<TokenRow> => ({ path: `${TOKENS}${token}` });
export const lastSequenceKey: Key<number> = { path: "last-sequence~" };

export const items = (table: string): string => `item-${table}~`;
export const itemKey = (table: string, key: string): Key<Item> => ({ path: items(table) + key });

export const indexEntries = (kind: IndexKind, table: string, index: string): string =>
  `index-${kind}~${table}~${index}~`;
export const indexEntryKey = (kind: IndexKind, table: string, index: string, key: string): Key<Item> => ({
  path: indexEntries(kind, table, index) + key,
});

export const tags = (table: string): string => `tag-${table}~`;
export const tagKey = (table: string, key: string): Key<string> => ({ path: tags(table) + key });

export const tableStreams = (table: string): string => `${STREAMS}${table}~`;
export const streamKey = (table: string, label: string): Key<StreamRow> => ({ path: tableStreams(table) + label });

export const streamRecords = (table: string, label: string): string => `record~${table}~${label}~`;
export const streamRecordKey = (table: string, label: string, sequence: number): Key<StreamRecordRow> => ({
  path: streamRecords(table, label) + String(sequence).padStart(SEQUENCE_DIGITS, "0"),
});
