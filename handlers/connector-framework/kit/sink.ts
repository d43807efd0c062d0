import type { Metadata } from "./document.ts";

/** A document that is new or changed, with its bytes. */
export interface ChangedDocument {
  readonly id: string;
  readonly metadata: Metadata;
  readonly mediaType: string | undefined;
  readonly contents: Uint8Array;
}

/** A document that the target did not take, or did not let go. It is not recorded: the next run tries it again. */
export interface Failure {
  readonly id: string;
  readonly reason: string;
}

/**
 * Where documents go. Every call may come again with the same documents: a run that was cut off is repeated. What a call
 * throws counts for each document in it.
 */
export interface Sink {
  readonly limits?: SinkLimits;
  /** Comes once, before anything else. A run whose `begin` fails does nothing. */
  begin?(): Promise<void>;
  put(documents: readonly ChangedDocument[]): Promise<readonly Failure[]>;
  delete(ids: readonly string[]): Promise<readonly Failure[]>;
  /** Comes once after `begin` succeeded, whatever happened in between. */
  finish?(): Promise<void>;
}

/** What one call may have at most. A document that is larger than a whole put comes alone. */
export interface SinkLimits {
  /** @default 100 */
  readonly putDocuments?: number;
  /** @default 10 000 000 */
  readonly putBytes?: number;
  /** @default 50 */
  readonly deleteIds?: number;
}
