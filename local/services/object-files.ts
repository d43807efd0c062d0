import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod";

/** Objects of one kind in memory, each also a JSON file of this user alone: `put` returns when it is in place. */
export interface ObjectFiles<T> {
  get(key: string): T | undefined;
  /** In order of creation. */
  all(): readonly T[];
  put(object: T): void;
  delete(key: string): void;
  /** One more than the highest sequence ever put. */
  nextSequence(): number;
}

/**
 * Reads a directory of objects. Files are replaced by renaming, so a process killed at any moment leaves the old
 * object or the new one; synchronous, so nothing in this process sees a change before it is on disk. (After a power
 * cut the last changes may be missing: files are not synced.) Reads everything and changes nothing; throws an error
 * that names the file when one is not what was written.
 */
export function openObjectFiles<Schema extends z.ZodType<{ sequence: number }>>(
  directory: string,
  schema: Schema,
  keyOf: (object: z.output<Schema>) => string,
): ObjectFiles<z.output<Schema>> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const loaded = readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const object = readObject(join(directory, name), schema);
      if (fileName(keyOf(object)) !== name) throw corrupt(join(directory, name), `it holds ${keyOf(object)}`);
      return object;
    })
    .sort((a, b) => a.sequence - b.sequence);
  // A Map keeps the order of first insertion: here that of creation.
  const objects = new Map(loaded.map((object) => [keyOf(object), object]));
  let lastSequence = loaded.at(-1)?.sequence ?? 0;

  return {
    get: (key) => objects.get(key),
    all: () => [...objects.values()],
    put(object) {
      const path = join(directory, fileName(keyOf(object)));
      writeFileSync(`${path}.new`, JSON.stringify(object), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      objects.set(keyOf(object), object);
      lastSequence = Math.max(lastSequence, object.sequence);
    },
    delete(key) {
      rmSync(join(directory, fileName(key)), { force: true });
      objects.delete(key);
    },
    nextSequence: () => lastSequence + 1,
  };
}

// Names differ by case in AWS, but not in every file system; and a colon is no part of a file name everywhere.
const fileName = (key: string) => `${key.replace(/[A-Z]/g, (c) => `=${c.toLowerCase()}`).replace(":", ".")}.json`;

function readObject<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The words of a parser's error quote the file, which may hold secrets.
    throw corrupt(path, error instanceof SyntaxError ? "it is not JSON" : String(error));
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw corrupt(path, parsed.error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`).join("; "));
}

function corrupt(path: string, problem: string): Error {
  return new Error(`The data in ${path} is corrupt (${problem}). Repair or remove the file; nothing was changed.`);
}
