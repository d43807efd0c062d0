import { listedAfter } from "../../../../handlers/connector-framework/batch/lag.ts";
import { batchEvent, type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

test("a stop before the submission ends the job without Batch and frees the connector", async () => {
  const { connectorId, jobId } = await runs.started();
  expect(await runs.stopJob(connectorId, jobId)).toBe(202);
  // The record of the start comes first, then that of the stop.
  expect(await runs.deliver(jobId, jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED", completed_at: expect.any(String) });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect(await runs.stopJob(connectorId, jobId)).toBe(409);
});

test("a stop of a running job terminates it; Batch's event ends it as STOPPED", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  expect(await runs.stopJob(connectorId, jobId)).toBe(202);
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(batchJob?.terminateReason).toBe("Stopped by a client of the connector framework");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE" });
  const detail = { statusReason: batchJob?.terminateReason, container: { exitCode: 143 } };
  await runs.follow(batchEvent(jobId, batchJob?.jobId ?? "", "FAILED", detail));
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED", exit_code: 143 });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});

test("a container that ends well in spite of the stop has SUCCEEDED", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  await runs.follow(batchEvent(jobId, runs.batch.jobsNamed(jobId)[0]?.jobId ?? "", "SUCCEEDED"));
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED" });
});

test("a stop after a submission whose answer was lost finds the Batch job and terminates it", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(batchJob?.terminateReason).toBeDefined();
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING", batch_job_id: batchJob?.jobId });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE" });
});

test("a stop after a submission that Batch never had waits until that is sure, then ends the job", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE" });
  runs.time.now += listedAfter * 1000;
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
});

test("a stop of a job that has ended in Batch ends it so, though its event was lost", async () => {
  const ends = [
    ["SUCCEEDED", { status: "SUCCEEDED", exit_code: 0 }],
    ["FAILED", { status: "STOPPED", exit_code: 1 }],
  ] as const;
  for (const [status, row] of ends) {
    const { connectorId, jobId } = await runs.started();
    await runs.deliver(jobId);
    const [batchJob] = runs.batch.jobsNamed(jobId);
    if (!batchJob) throw new Error("not submitted");
    Object.assign(batchJob, { status, exitCode: row.exit_code });
    await runs.stopJob(connectorId, jobId);
    expect(await runs.deliver(jobId)).toEqual([]);
    expect(await runs.rowOf(jobId)).toMatchObject({ ...row, batch_job_id: batchJob.jobId });
    expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
    expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  }
});

test("a Batch job that was submitted just now is not taken for forgotten", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  const [batchJob] = runs.batch.jobs.splice(0);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING" });
  runs.whileAsleep(async () => void runs.batch.jobs.push(...(batchJob ? [batchJob] : [])));
  expect(await runs.deliverPatiently(jobId)).toEqual([]);
  expect(batchJob?.terminateReason).toBe("Stopped by a client of the connector framework");
});

test("a termination that fails is tried again", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  runs.batch.next("terminatejob", { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)[0]?.terminateReason).toBeDefined();
});

test("a stopping job that Batch has forgotten is STOPPED", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.progress.attach({ tenant: runs.tenant, jobId }, "forgotten", runs.clock());
  await runs.stopJob(connectorId, jobId);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});
