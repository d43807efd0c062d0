import type { Logger } from "../../runtime/logger.ts";
import { documentId } from "../contract/schemas.ts";
import { checksumOf } from "./checksum.ts";
import type { CheckpointData, ConnectorState } from "./connector-state.ts";
import { Delivery, type Summary } from "./delivery.ts";
import type { SourceDocument } from "./document.ts";
import type { ChangedDocument, Failure, Sink } from "./sink.ts";
import type { Change, Source } from "./source.ts";
import { mapAhead, untilStopped } from "./streams.ts";

export interface SyncOptions<Checkpoint extends CheckpointData> {
  readonly source: Source<Checkpoint>;
  readonly sink: Sink;
  readonly state: ConnectorState;
  readonly logger: Logger;
  /** Ends the run: the call at hand is finished, what it did is recorded, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Documents that are read at one time. @default 4 */
  readonly concurrency?: number;
}

/**
 * Brings a target up to date with a source. A document is recorded once the target has it, and forgotten once the target
 * let it go: whatever ends a run in the middle, the next one finds what is left to do.
 *
 * @throws what the source throws; Error when the target fails call after call; what calls of the framework throw. Whatever
 *   was done by then is recorded, if the framework answers.
 */
export async function sync<Checkpoint extends CheckpointData>(options: SyncOptions<Checkpoint>): Promise<Summary> {
  const { source, sink, state, logger, signal, concurrency = 4 } = options;
  const recorded = await state.checksums();
  const unnamed = new Set(source.names === "everything" ? recorded.keys() : []);
  const delivery = new Delivery(sink, state, recorded, logger);

  async function deliver(change: Ready<Checkpoint>): Promise<void> {
    if ("put" in change) return delivery.put(change.put, change.checksum);
    if ("unreadable" in change) return delivery.fail(change.unreadable);
    if ("remove" in change) return delivery.remove(change.remove);
    await delivery.flush();
    // Who failed would not be named again by a source that goes on from there.
    if (delivery.summary.failed > 0) logger.warn("the position is not kept: documents before it have failed");
    else await state.saveCheckpoint(change.reached);
  }

  if (signal.aborted) return delivery.summary;
  await sink.begin?.();
  try {
    for await (const change of mapAhead(untilStopped(changesOf(source), signal), concurrency, readIn)) {
      if (signal.aborted) break;
      unnamed.delete(idOf(change));
      await deliver(change);
    }
    for (const id of unnamed) {
      if (signal.aborted) break;
      await delivery.remove(id);
    }
    if (!signal.aborted) await delivery.flush();
  } finally {
    try {
      await delivery.note();
    } finally {
      await sink.finish?.();
    }
  }
  return delivery.summary;
}

/** A change whose document has been read. */
type Ready<Checkpoint> =
  | { readonly put: ChangedDocument; readonly checksum: string }
  | { readonly unreadable: Failure }
  | Exclude<Change<Checkpoint>, { readonly put: SourceDocument }>;

function idOf(change: Ready<unknown>): string {
  if ("put" in change) return change.put.id;
  return "unreadable" in change ? change.unreadable.id : "";
}

async function* changesOf<Checkpoint>(source: Source<Checkpoint>): AsyncGenerator<Change<Checkpoint>> {
  if (source.names === "changes") yield* source.changes;
  else for await (const document of source.documents) yield { put: document };
}

async function readIn<Checkpoint>(change: Change<Checkpoint>): Promise<Ready<Checkpoint>> {
  if ("reached" in change) return change;
  const id = "put" in change ? change.put.id : change.remove;
  const problem = documentId.safeParse(id).error?.issues[0]?.message;
  if (problem !== undefined) return { unreadable: { id, reason: `its id is none the framework records: ${problem}` } };
  if ("remove" in change) return change;
  const { metadata = {}, mediaType, read } = change.put;
  try {
    const contents = await read();
    return { put: { id, metadata, mediaType, contents }, checksum: checksumOf(id, metadata, contents) };
  } catch (error) {
    return { unreadable: { id, reason: error instanceof Error ? error.message : String(error) } };
  }
}
