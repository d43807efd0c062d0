import { live, prepareHistories } from "../../helpers/simulation/live.ts";

// Histories that broke something once, at their shortest.

beforeAll(prepareHistories);

test("a connector that is released and deleted at once: the container's last event still finds its job", async () => {
  const calls = ["start", "stop", "release", "delete", "update"] as const;
  await live({ calls: calls.map((call) => ({ call, connector: 0 })) });
});
