import type { Clock } from "../../functions/clock.ts";
import type { Invocable, InvocationResult } from "../../functions/invocation.ts";
import { readBatchResponse } from "../batch-response.ts";
import { type BatchStep, dropAged, newBatch, type RetryPolicy, type RunOutcome, settleRun } from "./batch-work.ts";
import { type StreamFailureRecord, streamFailureRecord } from "./failure-record.ts";
import { type StreamRecord, streamEvent } from "./stream-record.ts";

export interface BatchProcessorOptions {
  readonly function: Invocable;
  readonly streamArn: string;
  readonly policy: RetryPolicy;
  readonly reportBatchItemFailures: boolean;
  readonly onFailure: ((record: StreamFailureRecord) => Promise<void>) | undefined;
  readonly clock: Clock;
  /** Milliseconds to wait after the nth failure in a row, n from 1. */
  readonly backoff: (failures: number) => number;
  /** Ends between runs. */
  readonly stopping: AbortSignal;
  /** Ends in the middle of a run, whose result is then ignored. */
  readonly abandoned: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Runs a batch until each record has succeeded or is given up, blocking what comes after it; resolves early, with
 * records unfinished, only when stopped.
 * @param finish called with records that need not come again, in order
 */
export async function processBatch(
  records: readonly StreamRecord[],
  shardId: string,
  finish: (records: readonly StreamRecord[]) => Promise<void>,
  options: BatchProcessorOptions,
): Promise<void> {
  const { policy, clock, backoff, stopping, log } = options;
  let work = newBatch(records);
  let failures = 0;

  const take = async ({ work: left, succeeded, discarded }: BatchStep<StreamRecord>) => {
    if (discarded && !(await giveUp(discarded))) return;
    const finished = [...succeeded, ...(discarded?.piece.records ?? [])];
    if (finished.length > 0) await finish(finished);
    work = left;
  };
  /** Whether the records may be forgotten: not when stopped before the destination has taken them. */
  const giveUp = async ({ piece, condition }: NonNullable<BatchStep<StreamRecord>["discarded"]>): Promise<boolean> => {
    log(
      `${shardId}: ${piece.records.length} records from ${piece.records[0]?.sequenceNumber} are given up: ${condition}`,
    );
    const source = { functionArn: options.function.arn, shardId, streamArn: options.streamArn };
    const record = streamFailureRecord(piece, condition, source, clock.now());
    for (let attempt = 1; options.onFailure && !stopping.aborted; attempt += 1) {
      try {
        const taken = await unlessAbandoned(options.onFailure(record), options.abandoned);
        return taken !== "abandoned";
      } catch (error) {
        log(`${shardId}: the on-failure destination did not take the record: ${String(error)}`);
        await clock.sleep(backoff(attempt), stopping);
      }
    }
    return options.onFailure === undefined;
  };

  while (work.length > 0 && !stopping.aborted) {
    const aged = dropAged(work, clock.now(), policy);
    if (aged.discarded) {
      await take(aged);
      continue;
    }
    const piece = work[0]?.records ?? [];
    const run = await invoke(piece, options);
    if (run === "abandoned") return;
    if (run !== "not-run") {
      const outcome = readOutcome(run, piece, options.reportBatchItemFailures);
      if (outcome.kind === "succeeded") failures = 0;
      await take(settleRun(work, outcome, policy, run.requestId));
      if (outcome.kind === "succeeded" || work.length === 0) continue;
    }
    failures += 1;
    await clock.sleep(backoff(failures), stopping);
  }
}

/** `not-run` when the service, not the function, failed: that is no attempt. */
async function invoke(
  records: readonly StreamRecord[],
  { function: fn, streamArn, abandoned, log }: BatchProcessorOptions,
): Promise<InvocationResult | "not-run" | "abandoned"> {
  try {
    return await unlessAbandoned(fn.invoke(streamEvent(records, streamArn)), abandoned);
  } catch (error) {
    log(`${fn.arn} could not be invoked: ${String(error)}`);
    return "not-run";
  }
}

async function unlessAbandoned<T>(work: Promise<T>, abandoned: AbortSignal): Promise<T | "abandoned"> {
  let abandon = () => {};
  const abandonment = new Promise<"abandoned">((resolve) => {
    abandon = () => resolve("abandoned");
  });
  abandoned.addEventListener("abort", abandon);
  if (abandoned.aborted) abandon();
  try {
    return await Promise.race([work, abandonment]);
  } finally {
    abandoned.removeEventListener("abort", abandon);
  }
}

function readOutcome(run: InvocationResult, records: readonly StreamRecord[], partial: boolean): RunOutcome {
  if (!run.ok) return { kind: "failed" };
  if (!partial) return { kind: "succeeded" };
  const response = readBatchResponse(run.payload, new Set(records.map((record) => record.sequenceNumber)));
  if (response.kind !== "partly-failed") return response;
  // Streams keep their order: everything from the lowest number on is retried, whatever else is reported.
  const index = records.findIndex((record) => response.identifiers.has(record.sequenceNumber));
  return { kind: "failed-from", index };
}
