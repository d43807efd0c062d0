import * as fc from "fast-check";
import { isRetried } from "../../../../local/services/batch/retry.ts";

const exited = (exitCode: number) => ({ statusReason: "Essential container in task exited", exitCode });
const hostLost = { statusReason: "Host EC2 (instance i-1) terminated." };

test("without rules a failed job is retried while attempts are left", () => {
  const strategy = { attempts: 3, evaluateOnExit: [] };
  expect([1, 2, 3].map((made) => isRetried(strategy, made, exited(1)))).toEqual([true, true, false]);
});

test("the first rule whose conditions all match decides", () => {
  const strategy = {
    attempts: 9,
    evaluateOnExit: [
      { onStatusReason: "Host EC2*", action: "RETRY" as const },
      { onExitCode: "1", onReason: "OutOfMemory*", action: "EXIT" as const },
      { onExitCode: "14*", action: "EXIT" as const },
    ],
  };
  expect(isRetried(strategy, 1, hostLost)).toBe(true);
  expect(isRetried(strategy, 1, { ...exited(1), reason: "OutOfMemoryError: killed" })).toBe(false);
  expect(isRetried(strategy, 1, { ...exited(1), reason: "other" })).toBe(true);
  expect(isRetried(strategy, 1, exited(143))).toBe(false);
  expect(isRetried(strategy, 1, exited(1))).toBe(true);
});

test("a lone asterisk matches also what is missing: AWS's own example ends with it", () => {
  const evaluateOnExit = [
    { onStatusReason: "Host EC2*", action: "RETRY" as const },
    { onReason: "*", action: "EXIT" as const },
  ];
  expect(isRetried({ attempts: 5, evaluateOnExit }, 1, exited(1))).toBe(false);
  expect(isRetried({ attempts: 5, evaluateOnExit }, 1, hostLost)).toBe(true);
});

test("no rule ever gives more attempts than the strategy has", () => {
  const pattern = fc.option(fc.constantFrom("*", "1", "Host*", "Ess*"), { nil: undefined });
  const rule = fc.record({
    onStatusReason: pattern,
    onReason: pattern,
    onExitCode: pattern,
    action: fc.constantFrom("RETRY" as const, "EXIT" as const),
  });
  const strategy = fc.record({
    attempts: fc.integer({ min: 1, max: 10 }),
    evaluateOnExit: fc.array(rule, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(strategy, fc.nat({ max: 255 }), (given, code) => {
      let made = 1;
      while (isRetried(given, made, exited(code))) made += 1;
      expect(made).toBeLessThanOrEqual(given.attempts);
      if (given.evaluateOnExit.every(({ action }) => action === "RETRY")) expect(made).toBe(given.attempts);
    }),
  );
});
