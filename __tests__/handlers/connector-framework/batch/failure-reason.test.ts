import fc from "fast-check";
import { failureReason } from "../../../../handlers/connector-framework/batch/failure-reason.ts";
import { terminationReasons } from "../../../../handlers/connector-framework/batch/termination.ts";

const essential = "Essential container in task exited";

test.each([
  ["The container exited with code 1", essential, { exitCode: 1 }],
  [
    "The container exited with code 2 (Error: no space left)",
    essential,
    { exitCode: 2, reason: "Error: no space left" },
  ],
  ["The container exited with code 1 (Dependent Job failed)", "Dependent Job failed", { exitCode: 1 }],
  ["The container was ended by SIGKILL", essential, { exitCode: 137 }],
  ["The container was ended by SIGTERM (Terminated by an operator)", "Terminated by an operator", { exitCode: 143 }],
  [
    "The container ran out of memory (OutOfMemoryError: Container killed due to memory usage)",
    essential,
    { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
  ],
  [
    "The image could not be pulled (CannotPullContainerError: no such image)",
    "Task failed to start",
    { reason: "CannotPullContainerError: no such image" },
  ],
  [
    "The container did not run (ResourceInitializationError: secret)",
    "Task failed to start",
    { reason: "ResourceInitializationError: secret" },
  ],
  [
    "The job ran longer than the connector's timeout allows",
    "Job attempt duration exceeded timeout",
    { exitCode: 137 },
  ],
  ["The job ran longer than the connector's timeout allows", "Job attempt duration exceeded timeout", {}],
  ["The job ran longer than the connector's timeout allows", terminationReasons.ranTooLong, { exitCode: 143 }],
  [
    "The job waited longer for capacity than the connector framework allows",
    "The job waited longer for capacity than the connector framework allows",
    {},
  ],
  [
    "The job ended without an exit code (Host EC2 (instance i-1) terminated.)",
    "Host EC2 (instance i-1) terminated.",
    {},
  ],
  ["The job ended without an exit code", undefined, {}],
])("%s", (said, statusReason, container) => {
  expect(failureReason({ statusReason, container })).toBe(said);
});

test("whatever Batch says, there is a reason and the API can tell it", () => {
  const container = fc.record(
    { exitCode: fc.integer({ min: 0, max: 255 }), reason: fc.string({ maxLength: 3000 }) },
    { requiredKeys: [] },
  );
  const statusReason = fc.option(fc.string({ maxLength: 3000 }), { nil: undefined });
  fc.assert(
    fc.property(statusReason, container, (statusReason, container) => {
      const { length } = failureReason({ statusReason, container });
      return length > 0 && length <= 1024;
    }),
  );
});
