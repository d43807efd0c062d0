import fc from "fast-check";
import { live, prepareHistories } from "../../helpers/simulation/live.ts";
import { history, runs } from "./histories.ts";

beforeAll(prepareHistories);

test("whatever fails, comes twice, late or in another order: every promise holds at every moment, and all comes to rest", async () => {
  await fc.assert(fc.asyncProperty(history({ losses: fc.constant(0), reconciled: false }), live), runs(0.6));
}, 900_000);
