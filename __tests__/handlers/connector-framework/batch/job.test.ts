import {
  attemptSince,
  batchJob,
  hasEnded,
  isEnding,
  isWaiting,
} from "../../../../handlers/connector-framework/batch/job.ts";

const job = (members: Record<string, unknown> = {}) =>
  batchJob.parse({ jobName: "ccj-000000000000", jobId: "batch-1", status: "RUNNING", ...members });
const at = (milliseconds: number) => new Date(milliseconds).toISOString();

test.each([
  ["SUBMITTED", { waiting: true, ended: false }],
  ["PENDING", { waiting: true, ended: false }],
  ["RUNNABLE", { waiting: true, ended: false }],
  ["STARTING", { waiting: false, ended: false }],
  ["RUNNING", { waiting: false, ended: false }],
  ["SUCCEEDED", { waiting: false, ended: true }],
  ["FAILED", { waiting: false, ended: true }],
])("a job that is %s waits, has ended or neither", (status, expected) => {
  const described = job({ status });
  expect({ waiting: isWaiting(described), ended: hasEnded(described) }).toEqual(expected);
});

test.each([
  ["came to Batch", { createdAt: 1000 }, at(1000)],
  ["began to run", { createdAt: 1000, startedAt: 2000 }, at(2000)],
  ["was given up the time before", { createdAt: 1000, attempts: [{ stoppedAt: 3000 }, { stoppedAt: 5000 }] }, at(5000)],
  ["runs once more", { createdAt: 1000, startedAt: 6000, attempts: [{ stoppedAt: 5000 }] }, at(6000)],
  [
    "runs once more, if Batch keeps the first beginning",
    { createdAt: 1000, startedAt: 2000, attempts: [{ stoppedAt: 5000 }] },
    at(5000),
  ],
  ["tells nothing", { createdAt: 0 }, undefined],
])("an attempt is as old as when the job %s", (_, members, since) => {
  expect(attemptSince(job(members))).toBe(since);
});

test("a job that was told to end is ending, cancelled or terminated", () => {
  expect(
    [{}, { isCancelled: true }, { isTerminated: true }, { isTerminated: false }].map((told) => isEnding(job(told))),
  ).toEqual([false, true, true, false]);
});
