import fc from "fast-check";
import { live, prepareHistories } from "../../helpers/simulation/live.ts";
import { history, runs } from "./histories.ts";

beforeAll(prepareHistories);

test("whatever is lost besides, the reconciler finds", async () => {
  await fc.assert(fc.asyncProperty(history({ losses: fc.nat(8), reconciled: true }), live), runs(0.4));
}, 900_000);
