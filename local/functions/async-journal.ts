import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writeDurably } from "./durable-file.ts";

const journalEntry = z.object({
  requestId: z.uuid(),
  functionName: z.string(),
  event: z.unknown(),
  /** Epoch milliseconds. */
  enqueuedAt: z.number(),
  /** Not run before, epoch milliseconds. */
  notBefore: z.number(),
  /** Runs that ended in an error of the function. */
  failures: z.int().min(0),
  lastError: z
    .object({
      errorType: z.string(),
      errorMessage: z.string(),
      stackTrace: z.array(z.string()).readonly().exactOptional(),
    })
    .exactOptional(),
  /** Given up: only the destination is still owed its record, made at this time (epoch milliseconds). */
  givenUp: z.object({ condition: z.enum(["RetriesExhausted", "EventAgeExceeded"]), at: z.number() }).exactOptional(),
});

/** An asynchronous event that is not finished. */
export type JournalEntry = Readonly<z.infer<typeof journalEntry>>;

/** Unfinished events on disk, a file each. */
export interface AsyncJournal {
  /** Resolves once the entry survives a crash. */
  put(entry: JournalEntry): Promise<void>;
  remove(requestId: string): Promise<void>;
}

/**
 * Opens the journal in a folder, made if needed, and reads what an earlier run left, oldest first.
 * @throws Error naming the file when one is not a journal entry
 */
export async function openAsyncJournal(directory: string): Promise<{ journal: AsyncJournal; left: JournalEntry[] }> {
  await mkdir(directory, { recursive: true });
  const left: JournalEntry[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    // A write that a crash cut off: its enqueue was never confirmed, or the whole file is still there.
    if (name.endsWith(".tmp")) await rm(path);
    else if (name.endsWith(".json")) left.push(parseEntry(path, await readFile(path, "utf8")));
  }
  left.sort((a, b) => a.enqueuedAt - b.enqueuedAt);
  const pathOf = (requestId: string) => join(directory, `${requestId}.json`);
  return {
    left,
    journal: {
      put: (entry) => writeDurably(pathOf(entry.requestId), JSON.stringify(entry)),
      remove: (requestId) => rm(pathOf(requestId), { force: true }),
    },
  };
}

function parseEntry(path: string, text: string): JournalEntry {
  try {
    return journalEntry.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is no journal entry`, { cause: error });
  }
}
