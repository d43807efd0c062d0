import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Level } from "level";
import type { Key } from "./keyspace.ts";

/** A change to one row; `value` undefined removes it. */
export interface Change {
  readonly path: string;
  readonly value: unknown;
}

/** An ordered range of rows: paths from `gte`/`gt` to `lte`/`lt`. */
export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
}

/** Rows on disk, ordered by their path. A read gives a copy of its own, which the reader may change. */
export interface Database {
  get<Value>(key: Key<Value>): Value | undefined;
  /** The rows of a range as they were when the reading began. */
  entries<Value>(range: Range): AsyncGenerator<{ readonly path: string; readonly value: Value }>;
  /**
   * All changes reach the disk together or not at all. They survive the death of the process; those of the last moments
   * before a power cut may be lost, as LevelDB does not wait for the disk.
   */
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

/** The data directory cannot be used; the message says what to do. */
export class DataDirectoryError extends Error {
  override readonly name = "DataDirectoryError";
}

/** Rows read from LevelDB at a time. */
const READ_AHEAD = 200;

/**
 * Opens the data directory, which is made if it does not exist.
 * @throws DataDirectoryError when another process has it open, or its content is damaged. Nothing in it is repaired,
 * replaced or removed.
 */
export async function openDatabase(directory: string): Promise<Database> {
  refuseIncompleteDirectory(directory);
  mkdirSync(directory, { recursive: true });
  const level = new Level<string, string>(directory, { valueEncoding: "utf8" });
  try {
    await level.open();
  } catch (error) {
    throw openingError(directory, error);
  }
  return {
    get(key) {
      const text = level.getSync(key.path);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async *entries(range) {
      const iterator = level.iterator(range);
      try {
        for (let rows = await iterator.nextv(READ_AHEAD); rows.length > 0; rows = await iterator.nextv(READ_AHEAD)) {
          for (const [path, text] of rows) yield { path, value: JSON.parse(text) };
        }
      } finally {
        await iterator.close();
      }
    },
    async write(changes) {
      await level.batch(
        changes.map(({ path, value }) =>
          value === undefined ? { type: "del", key: path } : { type: "put", key: path, value: JSON.stringify(value) },
        ),
      );
    },
    close: () => level.close(),
  };
}

/** Every path that begins with `prefix`. U+10FFFF is above every character that is used. */
export function startingWith(prefix: string): { readonly gte: string; readonly lt: string } {
  return { gte: prefix, lt: `${prefix}\u{10ffff}` };
}

/** LevelDB makes a new, empty database where CURRENT is missing, and would remove the files it does not know. */
function refuseIncompleteDirectory(directory: string): void {
  if (!existsSync(directory)) return;
  const hasData = readdirSync(directory).some((file) => /^(MANIFEST-\d+|\d+\.(ldb|sst|log))$/.test(file));
  const current = join(directory, "CURRENT");
  if (!existsSync(current)) {
    if (hasData) throw damaged(directory, "CURRENT is missing");
    return;
  }
  const manifest = readFileSync(current, "utf8").trimEnd();
  if (!/^MANIFEST-\d+$/.test(manifest)) throw damaged(directory, "CURRENT names no manifest");
  if (!existsSync(join(directory, manifest))) throw damaged(directory, `${manifest} is missing`);
}

function openingError(directory: string, error: unknown): Error {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error ? cause : error;
  const code = reason instanceof Error && "code" in reason ? reason.code : undefined;
  const message = reason instanceof Error ? reason.message : String(reason);
  if (code === "LEVEL_LOCKED") {
    return new DataDirectoryError(
      `The DynamoDB data directory ${directory} is in use by another process. Stop that one first.`,
    );
  }
  if (code === "LEVEL_CORRUPTION" || /corruption/i.test(message)) return damaged(directory, message);
  return new DataDirectoryError(`The DynamoDB data directory ${directory} cannot be opened: ${message}`);
}

function damaged(directory: string, detail: string): DataDirectoryError {
  return new DataDirectoryError(
    `The DynamoDB data directory ${directory} is damaged (${detail}). ` +
      "It was left as it is; starting with --fresh empties it and begins anew.",
  );
}
