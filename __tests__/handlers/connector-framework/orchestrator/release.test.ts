import { listedAfter } from "../../../../handlers/connector-framework/batch/lag.ts";
import { batchEvent, type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

const reason = "Released by a client of the connector framework";

/** Stops a job whose end does not come, and gives up on it. */
async function release(connectorId: string, jobId: string): Promise<void> {
  expect(await runs.stopJob(connectorId, jobId)).toBe(202);
  const { status } = await runs.call("ReleaseCustomConnector", { connector_id: connectorId });
  expect(status).toBe(200);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED", released_at: expect.any(String) });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
}

test("the container of a released job is told to end, and its definition retired", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  const row = await runs.rowOf(jobId);
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(batchJob?.terminateReason).toBe(reason);
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toEqual(row);
});

test("the end of a released job's container changes nothing of a newer job", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  const newer = await runs.job(connectorId);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  await runs.deliver(jobId);
  await runs.follow(batchEvent(jobId, batchJob?.jobId ?? "", "FAILED", { container: { exitCode: 143 } }));
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE", current_job_id: newer });
});

test("a submission whose answer was lost is found and told to end", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  runs.batch.setListing(false);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  runs.batch.setListing(true);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)[0]?.terminateReason).toBe(reason);
});

test("a submission that Batch never had is waited for, and then there is nothing to end", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  runs.time.now += listedAfter * 1000;
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
});

test("a container that has ended meanwhile is not told again", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  if (batchJob) batchJob.status = "SUCCEEDED";
  const before = runs.batch.calls.length;
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.calls.slice(before)).not.toContain("terminatejob");
});

test("a job that was released before its submission is never submitted", async () => {
  const { connectorId, jobId } = await runs.started();
  await release(connectorId, jobId);
  expect(await runs.deliver(jobId, jobId, jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
});

test("a termination that fails is tried again", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.deliver(jobId);
  await release(connectorId, jobId);
  runs.batch.next("terminatejob", { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)[0]?.terminateReason).toBe(reason);
});
