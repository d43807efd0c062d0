import type { Logger } from "../../runtime/logger.ts";
import type { ConnectorState } from "./connector-state.ts";
import type { ChangedDocument, Failure, Sink } from "./sink.ts";

/** What came of a run. */
export interface Summary {
  readonly uploaded: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Documents that could not be read, uploaded or removed: the next run tries them again. */
  readonly failed: number;
}

/** Calls to the target that may fail one after the other before a run gives up: it is not about single documents then. */
const failuresInARow = 3;

/** What is done to documents is noted for so many of them at once: the most the API takes. */
const notedAtOnce = 100;

/**
 * What is recorded of a document while the target is told of it, in place of a checksum, which no document has. A
 * checksum that is recorded is thus what the target has, whatever cut off the run: of anything else the next run knows
 * that it may be there, and may not.
 */
export const uncertain = "perhaps in the target, perhaps not";

/**
 * Takes changes to a target, batch by batch, and has the framework note those that worked. What happens to one document
 * happens in the order it came.
 */
export class Delivery {
  readonly #sink: Sink;
  readonly #state: ConnectorState;
  readonly #recorded: Map<string, string>;
  readonly #logger: Logger;
  readonly #limits: { readonly putDocuments: number; readonly putBytes: number; readonly deleteIds: number };
  readonly #counts = { uploaded: 0, removed: 0, unchanged: 0, failed: 0 };
  #failedInARow = 0;

  /** Not yet taken to the target. */
  readonly #puts = new Map<string, { readonly document: ChangedDocument; readonly checksum: string }>();
  #putBytes = 0;
  readonly #removals = new Set<string>();
  /** Done, and not yet noted. */
  readonly #toRecord = new Map<string, string>();
  readonly #toForget = new Set<string>();

  /** @param recorded checksums by document id, as earlier runs left them; kept up to date */
  constructor(sink: Sink, state: ConnectorState, recorded: Map<string, string>, logger: Logger) {
    this.#sink = sink;
    this.#state = state;
    this.#recorded = recorded;
    this.#logger = logger;
    const { putDocuments = 100, putBytes = 10_000_000, deleteIds = 50 } = sink.limits ?? {};
    this.#limits = { putDocuments, putBytes, deleteIds };
  }

  get summary(): Summary {
    return { ...this.#counts };
  }

  async put(document: ChangedDocument, checksum: string): Promise<void> {
    const { id, contents } = document;
    if (this.#isUnderWay(id)) await this.flush();
    if (this.#recorded.get(id) === checksum) {
      this.#counts.unchanged += 1;
      return;
    }
    if (this.#puts.size > 0 && this.#putBytes + contents.length > this.#limits.putBytes) await this.#sendPuts();
    this.#puts.set(id, { document, checksum });
    this.#putBytes += contents.length;
    const isFull = this.#puts.size >= this.#limits.putDocuments || this.#putBytes >= this.#limits.putBytes;
    if (isFull) await this.#sendPuts();
  }

  async remove(id: string): Promise<void> {
    if (this.#isUnderWay(id)) await this.flush();
    this.#removals.add(id);
    if (this.#removals.size >= this.#limits.deleteIds) await this.#sendRemovals();
  }

  fail({ id, reason }: Failure): void {
    this.#counts.failed += 1;
    this.#logger.warn("failed", { document_id: id, reason });
  }

  /** Takes what is left to the target, and has it noted. */
  async flush(): Promise<void> {
    if (this.#puts.size > 0) await this.#sendPuts();
    if (this.#removals.size > 0) await this.#sendRemovals();
    await this.note();
  }

  /** Has the framework note what the target has done, and takes nothing more to it. */
  async note(): Promise<void> {
    await this.#noteRecords();
    if (this.#toForget.size > 0) await this.#state.forget(this.#toForget);
    this.#toForget.clear();
  }

  async #noteRecords(): Promise<void> {
    if (this.#toRecord.size > 0) await this.#state.record(this.#toRecord);
    this.#toRecord.clear();
  }

  #isUnderWay(id: string): boolean {
    return this.#puts.has(id) || this.#removals.has(id) || this.#toRecord.has(id) || this.#toForget.has(id);
  }

  async #sendPuts(): Promise<void> {
    const batch = new Map(this.#puts);
    this.#puts.clear();
    this.#putBytes = 0;
    await this.#noteUncertain(batch.keys());
    const documents = [...batch.values()].map(({ document }) => document);
    for (const id of await this.#worked([...batch.keys()], () => this.#sink.put(documents))) {
      this.#record(id, batch.get(id)?.checksum ?? uncertain);
      this.#counts.uploaded += 1;
      this.#logger.info("uploaded", { document_id: id });
    }
    await this.#noteIfMuch();
  }

  async #sendRemovals(): Promise<void> {
    const ids = [...this.#removals];
    this.#removals.clear();
    await this.#noteUncertain(ids);
    for (const id of await this.#worked(ids, () => this.#sink.delete(ids))) {
      this.#recorded.delete(id);
      this.#toForget.add(id);
      this.#counts.removed += 1;
      this.#logger.info("removed", { document_id: id });
    }
    await this.#noteIfMuch();
  }

  async #noteUncertain(ids: Iterable<string>): Promise<void> {
    const known = [...ids].filter((id) => this.#recorded.get(id) !== uncertain);
    for (const id of known) this.#record(id, uncertain);
    if (known.length > 0) await this.#noteRecords();
  }

  #record(id: string, checksum: string): void {
    this.#recorded.set(id, checksum);
    this.#toRecord.set(id, checksum);
  }

  /** @returns the ids for which a call to the target worked */
  async #worked(ids: readonly string[], call: () => Promise<readonly Failure[]>): Promise<readonly string[]> {
    const failed = new Set<string>();
    try {
      for (const failure of await call()) {
        failed.add(failure.id);
        this.fail(failure);
      }
      this.#failedInARow = 0;
    } catch (error) {
      this.#failedInARow += 1;
      const reason = error instanceof Error ? error.message : String(error);
      for (const id of ids) this.fail({ id, reason });
      if (this.#failedInARow >= failuresInARow)
        throw new Error(`the target failed ${failuresInARow} times in a row: ${reason}`, { cause: error });
      return [];
    }
    return ids.filter((id) => !failed.has(id));
  }

  async #noteIfMuch(): Promise<void> {
    if (this.#toRecord.size >= notedAtOnce || this.#toForget.size >= notedAtOnce) await this.note();
  }
}
