import * as fc from "fast-check";
import {
  type BatchStep,
  type BatchWork,
  dropAged,
  newBatch,
  type Piece,
  type RetryPolicy,
  type RunOutcome,
  settleRun,
} from "../../../../local/event-sources/dynamodb/batch-work.ts";

interface TestRecord {
  readonly n: number;
  readonly arrivedAt: number;
}
const young = Number.POSITIVE_INFINITY;
const records = (...arrivals: number[]): TestRecord[] => arrivals.map((arrivedAt, n) => ({ n, arrivedAt }));
const retryPolicy = (policy: Partial<RetryPolicy> = {}): RetryPolicy => ({
  maximumRetryAttempts: -1,
  maximumRecordAgeMilliseconds: young,
  bisectOnError: false,
  ...policy,
});
const numbers = (list: readonly TestRecord[]) => list.map((record) => record.n);
const shape = (work: BatchWork<TestRecord>) => work.map((piece) => numbers(piece.records));

interface Ended {
  readonly record: TestRecord;
  readonly how: "succeeded" | "RetryAttemptsExhausted" | "RecordAgeExceeded";
  readonly at: number;
  readonly piece?: Piece<TestRecord>;
}

/**
 * Runs a batch to its end, a time step a run, checking at each step that finished and unfinished records together are
 * the batch, in its order.
 */
function drive(
  batch: readonly TestRecord[],
  policy: RetryPolicy,
  decide: (records: readonly TestRecord[], run: number) => RunOutcome,
  startAt = 0,
) {
  const ended: Ended[] = [];
  /** Counted failures of the runs a record was in and not split off from. */
  const attempts = new Map<number, number>();
  const runs: number[][] = [];
  let work = newBatch(batch);
  let now = startAt;
  const take = (step: BatchStep<TestRecord>) => {
    for (const record of step.succeeded) ended.push({ record, how: "succeeded", at: now });
    if (step.discarded)
      for (const record of step.discarded.piece.records)
        ended.push({ record, how: step.discarded.condition, at: now, piece: step.discarded.piece });
    work = step.work;
    expect([...ended.map(({ record }) => record), ...work.flatMap((piece) => piece.records)]).toEqual(batch);
  };
  while (work.length > 0) {
    const aged = dropAged(work, now, policy);
    if (aged.discarded) {
      take(aged);
      continue;
    }
    const head = work[0] as Piece<TestRecord>;
    expect(head.records.length).toBeGreaterThan(0);
    runs.push(numbers(head.records));
    const outcome = decide(head.records, runs.length);
    const split =
      policy.bisectOnError && (outcome.kind === "failed-from" && outcome.index > 0 ? true : head.records.length > 1);
    if (outcome.kind !== "succeeded" && !split)
      for (const record of head.records.slice(outcome.kind === "failed-from" ? outcome.index : 0))
        attempts.set(record.n, (attempts.get(record.n) ?? 0) + 1);
    take(settleRun(work, outcome, policy, `request-${runs.length}`));
    now += 1;
  }
  return { ended, attempts, runs };
}

const policies = fc.record({
  maximumRetryAttempts: fc.integer({ min: 0, max: 4 }),
  maximumRecordAgeMilliseconds: fc.oneof(fc.constant(young), fc.integer({ min: 0, max: 30 })),
  bisectOnError: fc.boolean(),
});
const batches = fc
  .array(fc.integer({ min: -20, max: 0 }), { minLength: 1, maxLength: 12 })
  .map((arrivals) => records(...arrivals.sort((a, b) => a - b)));
/** Random runs: a number below 0.3 succeeds, below 0.6 fails, others fail from a record on. */
const randomRuns = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));

function decideBy(stream: Iterator<number>) {
  return (batch: readonly TestRecord[]): RunOutcome => {
    const roll = stream.next().value as number;
    if (roll < 0.3) return { kind: "succeeded" };
    if (roll < 0.6) return { kind: "failed" };
    return { kind: "failed-from", index: Math.floor(((roll - 0.6) / 0.4) * batch.length) };
  };
}

describe("whatever the function does", () => {
  test("every record ends exactly once, in order, and only when its end is due", () => {
    fc.assert(
      fc.property(batches, policies, randomRuns, (batch, policy, stream) => {
        const { ended, attempts, runs } = drive(batch, policy, decideBy(stream[Symbol.iterator]()));
        expect(ended.map(({ record }) => record)).toEqual(batch);
        for (const { record, how, at, piece } of ended) {
          const failures = attempts.get(record.n) ?? 0;
          if (how === "RetryAttemptsExhausted") expect(failures).toBe(policy.maximumRetryAttempts + 1);
          else expect(failures).toBeLessThanOrEqual(policy.maximumRetryAttempts);
          if (how === "RecordAgeExceeded")
            expect(at - record.arrivedAt).toBeGreaterThan(policy.maximumRecordAgeMilliseconds);
          // The record of the failure counts every run these records were in.
          if (piece) expect(piece.invocations).toBe(runs.filter((run) => run.includes(record.n)).length);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("no run has a record that is too old", () => {
    fc.assert(
      fc.property(batches, policies, randomRuns, (batch, policy, stream) => {
        const decide = decideBy(stream[Symbol.iterator]());
        drive(batch, policy, (run, count) => {
          // Ages are checked before the run, one time step a run.
          for (const record of run)
            expect(count - 1 - record.arrivedAt).toBeLessThanOrEqual(policy.maximumRecordAgeMilliseconds);
          return decide(run);
        });
      }),
    );
  });

  test("a batch comes to its end even without a limit of attempts, by age", () => {
    fc.assert(
      fc.property(batches, fc.boolean(), fc.integer({ min: 0, max: 30 }), (batch, bisectOnError, age) => {
        const policy = { maximumRetryAttempts: -1, maximumRecordAgeMilliseconds: age, bisectOnError };
        const { ended } = drive(batch, policy, () => ({ kind: "failed" }));
        expect(new Set(ended.map(({ how }) => how))).toEqual(new Set(["RecordAgeExceeded"]));
      }),
    );
  });
});

test("with bisecting, records that always fail are given up alone and all others succeed", () => {
  fc.assert(
    fc.property(
      batches,
      fc.integer({ min: 0, max: 3 }),
      fc.func(fc.boolean()),
      fc.boolean(),
      (batch, maximum, bad, reports) => {
        const policy = retryPolicy({ bisectOnError: true, maximumRetryAttempts: maximum });
        const { ended } = drive(batch, policy, (run) => {
          const index = run.findIndex((record) => bad(record.n));
          if (index < 0) return { kind: "succeeded" };
          return reports ? { kind: "failed-from", index } : { kind: "failed" };
        });
        for (const { record, how, piece } of ended) {
          expect(how).toBe(bad(record.n) ? "RetryAttemptsExhausted" : "succeeded");
          if (piece) expect(piece.records).toEqual([record]);
        }
      },
    ),
  );
});

describe("a run of four records", () => {
  const batch = records(0, 0, 0, 0);
  const settle = (outcome: RunOutcome, policy: Partial<RetryPolicy>) =>
    settleRun(newBatch(batch), outcome, retryPolicy(policy), "request");

  test("that succeeds finishes them", () => {
    expect(settle({ kind: "succeeded" }, {})).toEqual({ work: [], succeeded: batch });
  });

  test("that fails is one attempt of the whole batch", () => {
    const step = settle({ kind: "failed" }, {});
    expect(step).toEqual({
      work: [{ records: batch, failures: 1, invocations: 1, lastRequestId: "request" }],
      succeeded: [],
    });
  });

  test("that fails with bisecting makes two halves, the first to be run first, and no attempt", () => {
    const step = settle({ kind: "failed" }, { bisectOnError: true, maximumRetryAttempts: 0 });
    expect(shape(step.work)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(step.work.map((piece) => piece.failures)).toEqual([0, 0]);
  });

  test("that fails from the third on finishes two and is an attempt of the others", () => {
    const step = settle({ kind: "failed-from", index: 2 }, {});
    expect([numbers(step.succeeded), shape(step.work), step.work[0]?.failures]).toEqual([[0, 1], [[2, 3]], 1]);
  });

  test("that fails from the third on, out of attempts, finishes two and gives up the others", () => {
    const step = settle({ kind: "failed-from", index: 2 }, { maximumRetryAttempts: 0 });
    expect(numbers(step.succeeded)).toEqual([0, 1]);
    expect(step.discarded).toMatchObject({ condition: "RetryAttemptsExhausted", piece: { invocations: 1 } });
    expect(numbers(step.discarded?.piece.records ?? [])).toEqual([2, 3]);
    expect(step.work).toEqual([]);
  });

  test("that fails from the third on, with bisecting, is split there and is no attempt", () => {
    const step = settle({ kind: "failed-from", index: 2 }, { bisectOnError: true, maximumRetryAttempts: 0 });
    expect([numbers(step.succeeded), shape(step.work), step.work[0]?.failures]).toEqual([[0, 1], [[2, 3]], 0]);
  });
});

test("leading records past their age are given up as a group; a younger one keeps those behind it", () => {
  const work = newBatch(records(0, 5, 30, 0));
  const step = dropAged(work, 40, retryPolicy({ maximumRecordAgeMilliseconds: 20 }));
  expect(numbers(step.discarded?.piece.records ?? [])).toEqual([0, 1]);
  expect(shape(step.work)).toEqual([[2, 3]]);
  expect(dropAged(work, 20, retryPolicy({ maximumRecordAgeMilliseconds: 20 })).discarded).toBeUndefined();
});
