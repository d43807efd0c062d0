import type { SourceDocument } from "./document.ts";

/**
 * Where documents come from. What it yields is taken one after the other, with a few documents read ahead: a source of
 * any size needs no list in memory.
 */
export type Source<Checkpoint> =
  | {
      /** Names every document there is, in any order. One that was recorded and is not named any more is removed. */
      readonly names: "everything";
      readonly documents: AsyncIterable<SourceDocument>;
    }
  | {
      /** Names what changed since a position: what came and what went, in the order it happened. */
      readonly names: "changes";
      readonly changes: AsyncIterable<Change<Checkpoint>>;
    };

export type Change<Checkpoint> =
  | { readonly put: SourceDocument }
  /** The id of a document that is gone. */
  | { readonly remove: string }
  /** How far the source has come: kept once everything before it is done, so that the next run goes on from there. */
  | { readonly reached: Checkpoint };
