import { silent } from "../../../helpers/connector-framework.ts";
import { batchEvent, type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

const startedAt = Date.parse("2026-01-01T00:01:00.000Z");
const stoppedAt = Date.parse("2026-01-01T00:02:00.000Z");

/** A job that Batch carries out, and Batch's id of it. */
async function running() {
  const job = await runs.started();
  await runs.deliver(job.jobId);
  return { ...job, batchJobId: runs.batch.jobsNamed(job.jobId)[0]?.jobId ?? "" };
}

test("a job that succeeded is SUCCEEDED with its times, exit code and log, and its connector is free", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  const container = { exitCode: 0, logStreamName: `${connectorId}/default/0a` };
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED", { startedAt, stoppedAt, container }));
  const row = await runs.rowOf(jobId);
  expect(row).toMatchObject({
    status: "SUCCEEDED",
    batch_job_id: batchJobId,
    started_at: "2026-01-01T00:01:00.000Z",
    completed_at: "2026-01-01T00:02:00.000Z",
    exit_code: 0,
    log_stream_name: `${connectorId}/default/0a`,
    ttl: expect.any(Number),
  });
  expect(row.failure_reason).toBeUndefined();
  const connector = await runs.connectorRow(connectorId);
  expect(connector.status).toBe("AVAILABLE");
  expect(connector.current_job_id).toBeUndefined();
});

test("a client sees all of it in the list, and neither variables nor keys", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  const container = { exitCode: 3, logStreamName: "stream" };
  await runs.follow(batchEvent(jobId, batchJobId, "FAILED", { startedAt, stoppedAt, container }));
  const { body } = await runs.call("ListCustomConnectorJobs", { connector_id: connectorId });
  expect(body.jobs).toEqual([
    {
      job_id: jobId,
      connector_id: connectorId,
      status: "FAILED",
      created_at: expect.any(String),
      updated_at: expect.any(String),
      started_at: "2026-01-01T00:01:00.000Z",
      completed_at: "2026-01-01T00:02:00.000Z",
      failure_reason: "The container exited with code 3",
      exit_code: 3,
      batch_job_id: batchJobId,
      log_stream_name: "stream",
    },
  ]);
});

test("a job that failed where nothing ran has no exit code but a reason", async () => {
  const { jobId, batchJobId } = await running();
  const container = { reason: "CannotPullContainerError: not found" };
  await runs.follow(batchEvent(jobId, batchJobId, "FAILED", { statusReason: "Task failed to start", container }));
  const row = await runs.rowOf(jobId);
  expect(row.status).toBe("FAILED");
  expect(row.failure_reason).toBe("The image could not be pulled (CannotPullContainerError: not found)");
  expect(row.exit_code).toBeUndefined();
  expect(row.started_at).toBeUndefined();
  expect(row.completed_at).toEqual(expect.any(String));
});

test("a running container is noted once, and again changes nothing", async () => {
  const { jobId, batchJobId } = await running();
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt, container: { logStreamName: "stream" } }));
  const row = await runs.rowOf(jobId);
  expect(row).toMatchObject({
    status: "RUNNING",
    started_at: "2026-01-01T00:01:00.000Z",
    log_stream_name: "stream",
  });
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt: startedAt + 5 }));
  expect(await runs.rowOf(jobId)).toEqual(row);
});

test("when a job began is what was told first", async () => {
  const { jobId, batchJobId } = await running();
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt }));
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED", { startedAt: startedAt + 5, stoppedAt }));
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED", started_at: "2026-01-01T00:01:00.000Z" });
});

test("a container that begins to run while the job is stopping leaves it stopping", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  await runs.stopJob(connectorId, jobId);
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt }));
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING", started_at: "2026-01-01T00:01:00.000Z" });
});

test("that it ran, told after it ended, changes nothing", async () => {
  const { jobId, batchJobId } = await running();
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED", { startedAt, stoppedAt }));
  const row = await runs.rowOf(jobId);
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt: startedAt + 1 }));
  expect(await runs.rowOf(jobId)).toEqual(row);
});

test("an end told twice, while a newer job runs, changes neither the job nor the connector", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  const event = batchEvent(jobId, batchJobId, "FAILED", { container: { exitCode: 1 } });
  await runs.follow(event);
  const newer = await runs.job(connectorId);
  const [row, connector] = [await runs.rowOf(jobId), await runs.connectorRow(connectorId)];
  await runs.follow(event);
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED"));
  expect(await runs.rowOf(jobId)).toEqual(row);
  expect(await runs.connectorRow(connectorId)).toEqual(connector);
  expect(connector).toMatchObject({ status: "IN_USE", current_job_id: newer });
});

test("an end told twice at the same moment is written once", async () => {
  for (let round = 0; round < 10; round++) {
    const { connectorId, jobId, batchJobId } = await running();
    await Promise.all([
      runs.follow(batchEvent(jobId, batchJobId, "FAILED", { container: { exitCode: 1 } })),
      runs.follow(batchEvent(jobId, batchJobId, "FAILED", { container: { exitCode: 2 } })),
    ]);
    const { exit_code, failure_reason, status } = await runs.rowOf(jobId);
    expect(status).toBe("FAILED");
    expect(failure_reason).toBe(`The container exited with code ${exit_code}`);
    expect((await runs.connectorRow(connectorId)).status).toBe("AVAILABLE");
  }
});

test("a stop at the very moment of the failure ends as FAILED or STOPPED, and the answer of the stop agrees", async () => {
  for (let round = 0; round < 20; round++) {
    const { connectorId, jobId, batchJobId } = await running();
    const [status] = await Promise.all([
      runs.stopJob(connectorId, jobId),
      runs.follow(batchEvent(jobId, batchJobId, "FAILED", { container: { exitCode: 1 } })),
    ]);
    expect((await runs.rowOf(jobId)).status).toBe(status === 202 ? "STOPPED" : "FAILED");
    expect((await runs.connectorRow(connectorId)).status).toBe("AVAILABLE");
  }
});

test("another Batch job of the same name is not believed", async () => {
  const { jobId } = await running();
  const before = await runs.rowOf(jobId);
  await runs.follow(batchEvent(jobId, "someone-elses", "FAILED"));
  expect(await runs.rowOf(jobId)).toEqual(before);
  expect(runs.batch.activeDefinitions(jobId)).toHaveLength(1);
});

/** A job that Batch has twice: the first submission was told too late. */
async function submittedTwice() {
  const job = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(job.jobId);
  runs.batch.setListing(false);
  await runs.deliverPatiently(job.jobId);
  runs.batch.setListing(true);
  const [other, own] = runs.batch.jobsNamed(job.jobId);
  if (!other || !own) throw new Error("not submitted twice");
  return { ...job, other, own };
}

test.each(["RUNNABLE", "RUNNING"])("another Batch job of a job, when it is %s, is terminated", async (status) => {
  const { jobId, other, own } = await submittedTwice();
  const before = await runs.rowOf(jobId);
  expect(before).toMatchObject({ status: "RUNNING", batch_job_id: own.jobId });
  await runs.follow(batchEvent(jobId, other.jobId, status, { startedAt }));
  expect(other.terminateReason).toBe("The job is carried out by another Batch job");
  expect(own.terminateReason).toBeUndefined();
  expect(await runs.rowOf(jobId)).toEqual(before);
});

test("a termination that fails makes the event come again", async () => {
  const { jobId, other } = await submittedTwice();
  runs.batch.next("terminatejob", { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } });
  const event = batchEvent(jobId, other.jobId, "RUNNING", { startedAt });
  await expect(runs.follow(event)).rejects.toThrow("slow down");
  await runs.follow(event);
  expect(other.terminateReason).toBeDefined();
});

test("a container that begins to run after its job has ended is terminated", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  await runs.stopJob(connectorId, jobId);
  runs.batch.setListing(false);
  expect(await runs.deliverPatiently(jobId)).toEqual([]);
  runs.batch.setListing(true);
  const row = await runs.rowOf(jobId);
  expect(row.status).toBe("STOPPED");
  const [batchJob] = runs.batch.jobsNamed(jobId);
  await runs.follow(batchEvent(jobId, batchJob?.jobId ?? "", "RUNNING", { startedAt }));
  expect(batchJob?.terminateReason).toBe("The job has ended in the connector framework");
  expect(await runs.rowOf(jobId)).toEqual(row);
});

test.each(["RUNNING", "SUCCEEDED"])("an event (%s) ahead of the intent to submit comes again", async (status) => {
  const { connectorId, jobId } = await runs.started();
  await expect(runs.follow(batchEvent(jobId, "someone-elses", status))).rejects.toThrow("knows of no submission");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STARTED" });
  expect((await runs.connectorRow(connectorId)).status).toBe("IN_USE");
});

test("a job that is not stored yet makes the event come again", async () => {
  await expect(runs.follow(batchEvent("ccj-000000000000", "batch", "SUCCEEDED"))).rejects.toThrow("not yet");
});

test.each(["SUBMITTED", "RUNNABLE", "STARTING"])("that a job is %s changes nothing", async (status) => {
  const { jobId, batchJobId } = await running();
  const before = await runs.rowOf(jobId);
  await runs.follow(batchEvent(jobId, batchJobId, status));
  expect(await runs.rowOf(jobId)).toEqual(before);
});

test("a job of another name is none of ours; what is no event of Batch is refused", async () => {
  await runs.follow(batchEvent("nightly-report", "batch", "SUCCEEDED"));
  await expect(runs.follow({ detail: {} })).rejects.toThrow("source");
});

test("with the job its definition is retired, all revisions of it", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", {
    before: async () => void (await runs.registerBeside(jobId)),
  });
  await runs.deliver(jobId);
  expect(runs.batch.activeDefinitions(jobId)).toHaveLength(2);
  await runs.follow(batchEvent(jobId, runs.batch.jobsNamed(jobId)[0]?.jobId ?? "", "SUCCEEDED"));
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
});

test("a definition that could not be retired is warned of; it is retired when the event should come again", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  const warn = jest.spyOn(silent, "warn");
  const event = batchEvent(jobId, batchJobId, "SUCCEEDED");
  const refuse = { status: 500, type: "ServerException", message: "down" };
  runs.batch.next("deregisterjobdefinition", { refuse });
  await runs.follow(event);
  const refusal = expect.objectContaining({ message: "down" });
  expect(warn.mock.calls).toEqual([["the job's definition stays active", { error: refusal }]]);
  warn.mockRestore();
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED" });
  expect((await runs.connectorRow(connectorId)).status).toBe("AVAILABLE");
  const newer = await runs.job(connectorId);
  await runs.follow(event);
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  expect(await runs.connectorRow(connectorId)).toMatchObject({ current_job_id: newer });
});

test("a job ends even when its connector is held by no job", async () => {
  const { connectorId, jobId, batchJobId } = await running();
  await runs.releaseByHand(connectorId);
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED"));
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED" });
  expect((await runs.connectorRow(connectorId)).status).toBe("AVAILABLE");
});

test("jobs of two accounts do not meet", async () => {
  const other = "777777777777";
  const theirs = await runs.connector(other);
  const theirJob = await runs.job(theirs, other);
  const { connectorId, jobId, batchJobId } = await running();
  await runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED"));
  expect((await runs.connectorRow(connectorId)).status).toBe("AVAILABLE");
  const { body } = await runs.call("GetCustomConnector", { connector_id: theirs }, other);
  expect(body).toMatchObject({ connector: { status: "IN_USE", current_job_id: theirJob } });
});

test("the event of a job that was deleted since is done with, and a container that still runs for it is ended", async () => {
  const { jobId, batchJobId } = await running();
  await runs.removeRow(jobId);
  const young = { createdAt: runs.time.now };
  await expect(runs.follow(batchEvent(jobId, batchJobId, "RUNNING", young))).rejects.toThrow("or not yet");
  await expect(runs.follow(batchEvent(jobId, batchJobId, "FAILED", young))).rejects.toThrow("or not yet");
  const old = { createdAt: runs.time.now - 61_000 };
  await runs.follow(batchEvent(jobId, batchJobId, "RUNNING", old));
  expect(runs.batch.jobsNamed(jobId)[0]?.terminateReason).toBe("The connector framework has no such job");
  await runs.follow(batchEvent(jobId, batchJobId, "FAILED", old));
});
