import { measuringEnds } from "../../../../handlers/connector-framework/metrics/job-ends.ts";
import type { FinalStatus } from "../../../../handlers/connector-framework/model/job.ts";
import { jobProgressStore } from "../../../../handlers/connector-framework/store/job-progress.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";
import { recordingMetrics } from "../../../helpers/reconciler.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

const counters = { SUCCEEDED: "JobsSucceeded", FAILED: "JobsFailed", STOPPED: "JobsStopped" } as const;

/** A job, and a store that measures how it ends. */
async function measured() {
  const { jobId } = await runs.started();
  const metrics = recordingMetrics();
  const jobs = measuringEnds(runs.progress, metrics);
  const ref = { tenant: runs.tenant, jobId };
  const end = (status: FinalStatus, times: { started_at?: string; completed_at?: string } = {}) =>
    jobs.end(ref, () => ({ status, ...times }), runs.clock());
  return { jobs, ref, end, recorded: metrics.recorded };
}

test.each(Object.entries(counters))(
  "a job that ends %s is counted by it, however often it is told",
  async (status, name) => {
    const { end, recorded } = await measured();
    const final = status === "SUCCEEDED" || status === "FAILED" ? status : "STOPPED";
    expect(await end(final)).toBe(true);
    expect(await end(final)).toBe(false);
    expect(recorded).toEqual([{ values: { [name]: 1 }, dimensions: {} }]);
  },
);

test("an end that another came before is not counted, though it was decided on", async () => {
  const { ref, end, recorded } = await measured();
  const client = createDocumentClient();
  client.middlewareStack.add(
    (next) => async (args) => {
      if ("TransactItems" in args.input) await end("SUCCEEDED");
      return next(args);
    },
    { step: "initialize" },
  );
  const metrics = recordingMetrics();
  const late = measuringEnds(jobProgressStore(client, tables), metrics);
  expect(await late.end(ref, () => ({ status: "FAILED" }), runs.clock())).toBe(false);
  client.destroy();
  expect(await runs.rowOf(ref.jobId)).toMatchObject({ status: "SUCCEEDED" });
  expect([metrics.recorded, recorded]).toEqual([[], [{ values: { JobsSucceeded: 1 }, dimensions: {} }]]);
});

test("how long the container ran is measured, by what the row knows or the end tells", async () => {
  const known = await measured();
  await known.jobs.attach(known.ref, "batch-1", runs.clock());
  const started_at = "2026-01-01T00:00:00.000Z";
  await known.jobs.recordRunning(known.ref, { batch_job_id: "batch-1", started_at }, runs.clock());
  await known.end("SUCCEEDED", { completed_at: "2026-01-01T00:01:30.500Z" });
  expect(known.recorded).toEqual([{ values: { JobsSucceeded: 1, JobSeconds: 90.5 }, dimensions: {} }]);

  const told = await measured();
  await told.end("FAILED", { started_at, completed_at: "2026-01-01T00:00:02.000Z" });
  expect(told.recorded).toEqual([{ values: { JobsFailed: 1, JobSeconds: 2 }, dimensions: {} }]);
});

test("clocks that disagree make no time negative", async () => {
  const { end, recorded } = await measured();
  await end("SUCCEEDED", { started_at: "2026-01-01T00:00:02.000Z", completed_at: "2026-01-01T00:00:01.000Z" });
  expect(recorded).toEqual([{ values: { JobsSucceeded: 1, JobSeconds: 0 }, dimensions: {} }]);
});

test("an end that is decided against is not counted", async () => {
  const { jobs, ref, recorded } = await measured();
  expect(await jobs.end(ref, () => undefined, runs.clock())).toBe(false);
  expect(recorded).toEqual([]);
});
