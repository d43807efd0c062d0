import fc from "fast-check";
import type { History } from "../../helpers/simulation/history.ts";

const call = fc.record({
  call: fc.oneof(
    { weight: 8, arbitrary: fc.constant("start" as const) },
    { weight: 5, arbitrary: fc.constant("stop" as const) },
    { weight: 2, arbitrary: fc.constant("release" as const) },
    { weight: 2, arbitrary: fc.constantFrom("update" as const, "delete" as const, "checkpoint" as const) },
  ),
  connector: fc.nat(1),
});

/** A history: what clients ask for, and what goes wrong meanwhile. `losses` are events and records that never arrive. */
export const history = ({
  losses,
  reconciled,
}: {
  readonly losses: fc.Arbitrary<number>;
  readonly reconciled: boolean;
}) =>
  fc.record<History>({
    calls: fc.array(call, { minLength: 1, maxLength: 8 }),
    seed: fc.nat(),
    draws: fc.nat(250),
    faults: fc.nat(4),
    repetitions: fc.nat(2),
    losses,
    reconciled: fc.constant(reconciled),
    lag: fc.constantFrom("none", "usual", "extreme"),
  });

/**
 * `npm run test:model`, and so CI, has 10,000 of them. A failure tells its seed and path: with MODEL_SEED and MODEL_PATH it fails in the same way, and at once.
 */
const { MODEL_RUNS = "2000", MODEL_SEED, MODEL_PATH } = process.env;
export const runs = (share: number) => ({
  numRuns: Math.ceil(Number(MODEL_RUNS) * share),
  ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
  ...(MODEL_PATH !== undefined && { path: MODEL_PATH }),
});
