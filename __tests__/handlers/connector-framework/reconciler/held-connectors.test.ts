import { eventsArriveWithin } from "../../../../handlers/connector-framework/reconciler/patience.ts";
import { batchEvent } from "../../../helpers/job-runs.ts";
import { type ReconciledRuns, startReconciledRuns } from "../../../helpers/reconciler.ts";

let runs: ReconciledRuns;
beforeEach(async () => {
  runs = await startReconciledRuns();
});
afterEach(() => runs.stop());

const freed = { "connector-freed": 1 };

/** A connector whose job has ended and all the same holds it. */
async function heldByEnded() {
  const { connectorId, jobId, batchJob } = await runs.submitted();
  runs.exit(batchJob, 0);
  await runs.follow(batchEvent(jobId, batchJob.jobId, "SUCCEEDED"));
  await runs.giveByHand(connectorId, jobId);
  return { connectorId, jobId };
}

test("a connector whose job has ended is freed, and its job is not counted as ended twice", async () => {
  await runs.submitted();
  const { connectorId } = await heldByEnded();
  runs.passSeconds(61);
  expect(await runs.repairs()).toEqual(freed);
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect((await runs.connectorRow(connectorId)).current_job_id).toBeUndefined();
  expect(await runs.jobsInUse()).toBe(1);
  expect(await runs.repairs()).toEqual({});
});

test("a connector whose job is gone is freed, and the job counted as ended", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.removeRow(jobId);
  expect(await runs.jobsInUse()).toBe(1);
  expect(await runs.repairs()).toEqual(freed);
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect(await runs.jobsInUse()).toBe(0);
  expect(await runs.repairs()).toEqual({});
  await runs.job(connectorId);
  expect(await runs.repairs()).toEqual({});
});

test("a connector is held for as long as a container of its job may run", async () => {
  const { connectorId, jobId, batchJob } = await runs.submitted();
  runs.run(batchJob);
  await runs.removeRow(jobId);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({ "stray-job-terminated": 1 });
  expect(await runs.repairs()).toEqual({});
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE", current_job_id: jobId });
  runs.exit(batchJob, 143);
  expect(await runs.repairs()).toEqual(freed);
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});

test("a connector whose job's submission Batch may not list yet is held", async () => {
  const { connectorId, jobId } = await heldByEnded();
  expect(await runs.repairs()).toEqual({});
  expect(await runs.connectorRow(connectorId)).toMatchObject({ current_job_id: jobId });
});

test("a connector that is given to a newer job meanwhile stays the newer job's", async () => {
  const { connectorId } = await heldByEnded();
  runs.passSeconds(61);
  const pages: string[] = [];
  const hasLive = async (name: string) => {
    await runs.releaseByHand(connectorId);
    pages.push(await runs.job(connectorId));
    return runs.deps.batch.hasLive(name);
  };
  expect(await runs.repairs({ batch: { ...runs.deps.batch, hasLive } })).toEqual({});
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE", current_job_id: pages[0] });
});

test("Batch is not asked about connectors whose jobs have not ended", async () => {
  await runs.submitted();
  runs.passSeconds(61);
  const hasLive = jest.fn(runs.deps.batch.hasLive);
  expect(await runs.repairs({ batch: { ...runs.deps.batch, hasLive } })).toEqual({});
  expect(hasLive).not.toHaveBeenCalled();
});

test("a connector of a job that has not ended is never freed, whatever Batch says", async () => {
  const { connectorId, jobId } = await runs.submitted();
  runs.batch.jobs.splice(0);
  expect(await runs.repairs()).toEqual({});
  expect(await runs.connectorRow(connectorId)).toMatchObject({ current_job_id: jobId });
});
