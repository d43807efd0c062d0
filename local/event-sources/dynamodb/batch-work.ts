/** Why records were given up, in the words of the on-failure record. */
export type DiscardCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** When a batch is retried, split and given up. */
export interface RetryPolicy {
  /** Retries after the first run; -1 for as long as the records live. */
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeMilliseconds: number;
  /** Whether a failing batch is split in two. */
  readonly bisectOnError: boolean;
}

/** Records that go to the function together. */
export interface Piece<R> {
  readonly records: readonly R[];
  /** Runs that counted as a failed attempt. */
  readonly failures: number;
  /** All runs that contained these records. */
  readonly invocations: number;
  readonly lastRequestId?: string;
}

/** What is left of a batch: its first piece is next. The records of all pieces, in order, are those not finished. */
export type BatchWork<R> = readonly Piece<R>[];

/** How a run of the first piece ended. `failed-from`: the records before that index succeeded. */
export type RunOutcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed" }
  | { readonly kind: "failed-from"; readonly index: number };

/** A step of a batch: what is left, and the records finished by it, which precede all that is left. */
export interface BatchStep<R> {
  readonly work: BatchWork<R>;
  readonly succeeded: readonly R[];
  readonly discarded?: { readonly piece: Piece<R>; readonly condition: DiscardCondition };
}

/** The work of a new batch. */
export function newBatch<R>(records: readonly R[]): BatchWork<R> {
  return records.length === 0 ? [] : [{ records, failures: 0, invocations: 0 }];
}

/** Before each run: gives up the leading records that have become too old, as a group. */
export function dropAged<R extends { readonly arrivedAt: number }>(
  work: BatchWork<R>,
  now: number,
  policy: RetryPolicy,
): BatchStep<R> {
  const [piece, ...rest] = work;
  if (!piece) return { work, succeeded: [] };
  const young = piece.records.findIndex((record) => now - record.arrivedAt <= policy.maximumRecordAgeMilliseconds);
  const aged = young < 0 ? piece.records.length : young;
  if (aged === 0) return { work, succeeded: [] };
  const [old, kept] = splitAt(piece, aged);
  return {
    work: [...kept, ...rest],
    succeeded: [],
    discarded: { piece: { ...piece, records: old[0]?.records ?? [] }, condition: "RecordAgeExceeded" },
  };
}

/**
 * After each run of the first piece (AWS: "How Lambda processes records from stream and queue-based event sources"):
 * finishes what succeeded, and splits, repeats or gives up the rest. A split is no attempt.
 */
export function settleRun<R>(
  work: BatchWork<R>,
  outcome: RunOutcome,
  policy: RetryPolicy,
  requestId: string,
): BatchStep<R> {
  const [head, ...rest] = work;
  if (!head) throw new Error("a batch without work cannot run");
  if (outcome.kind === "succeeded") return { work: rest, succeeded: head.records };
  const run = { ...head, invocations: head.invocations + 1, lastRequestId: requestId };
  const failedFrom = outcome.kind === "failed-from" ? outcome.index : 0;
  const succeeded = head.records.slice(0, failedFrom);
  const remaining = { ...run, records: head.records.slice(failedFrom) };
  if (policy.bisectOnError) {
    // The function has said where to split; if that is the first record, it has said no more than that it failed.
    if (failedFrom > 0) return { work: [remaining, ...rest], succeeded };
    const size = head.records.length;
    if (size > 1) return { work: [...splitAt(run, Math.ceil(size / 2)).flat(), ...rest], succeeded };
  }
  const failed = { ...remaining, failures: run.failures + 1 };
  if (policy.maximumRetryAttempts >= 0 && failed.failures > policy.maximumRetryAttempts)
    return { work: rest, succeeded, discarded: { piece: failed, condition: "RetryAttemptsExhausted" } };
  return { work: [failed, ...rest], succeeded };
}

/** A piece cut in two, each side as work: an empty side is none. */
function splitAt<R>(piece: Piece<R>, index: number): [BatchWork<R>, BatchWork<R>] {
  const side = (records: readonly R[]) => (records.length === 0 ? [] : [{ ...piece, records }]);
  return [side(piece.records.slice(0, index)), side(piece.records.slice(index))];
}
