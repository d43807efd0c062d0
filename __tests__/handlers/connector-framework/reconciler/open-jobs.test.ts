import {
  eventsArriveWithin,
  orchestratorActsWithin,
  timeoutTakes,
} from "../../../../handlers/connector-framework/reconciler/patience.ts";
import { batchEvent } from "../../../helpers/job-runs.ts";
import { isOrchestrated, openJobStream } from "../../../helpers/job-stream.ts";
import { type ReconciledRuns, startReconciledRuns, waitingLimit } from "../../../helpers/reconciler.ts";

let runs: ReconciledRuns;
beforeEach(async () => {
  runs = await startReconciledRuns();
});
afterEach(() => runs.stop());

const available = { status: "AVAILABLE" };

/** A job whose container runs, as its row tells. */
async function running() {
  const job = await runs.submitted();
  runs.run(job.batchJob);
  await runs.follow(batchEvent(job.jobId, job.batchJob.jobId, "RUNNING", { startedAt: runs.time.now }));
  return job;
}

test("a job that waits, one that runs and one that was just started need nothing", async () => {
  await runs.submitted();
  await running();
  await runs.started();
  expect(await runs.repairs()).toEqual({});
});

test("a job whose container has ended and whose event was lost ends so, once", async () => {
  const ends = [
    [0, { status: "SUCCEEDED", exit_code: 0 }],
    [3, { status: "FAILED", exit_code: 3, failure_reason: "The container exited with code 3" }],
  ] as const;
  for (const [exitCode, row] of ends) {
    const { connectorId, jobId, batchJob } = await running();
    runs.exit(batchJob, exitCode);
    runs.passSeconds(eventsArriveWithin + 1);
    expect(await runs.repairs()).toEqual({ "end-noted": 1 });
    expect(await runs.rowOf(jobId)).toMatchObject(row);
    expect(await runs.connectorRow(connectorId)).toMatchObject(available);
    expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
    expect(await runs.repairs()).toEqual({});
  }
  expect(await runs.jobsInUse()).toBe(0);
});

test("an event that is still on its way is left to job-status", async () => {
  const { jobId, batchJob } = await running();
  runs.exit(batchJob, 0);
  runs.passSeconds(eventsArriveWithin - 10);
  expect(await runs.repairs()).toEqual({});
  await runs.follow(batchEvent(jobId, batchJob.jobId, "SUCCEEDED"));
  runs.passSeconds(60);
  expect(await runs.repairs()).toEqual({});
});

test("an event that arrives while Batch is asked ends the job, and the reconciler ends nothing", async () => {
  const { jobId, batchJob } = await running();
  runs.exit(batchJob, 0);
  runs.passSeconds(eventsArriveWithin + 1);
  runs.batch.next("describejobs", {
    before: () => runs.follow(batchEvent(jobId, batchJob.jobId, "SUCCEEDED", { container: { exitCode: 0 } })),
  });
  expect(await runs.repairs()).toEqual({});
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED" });
  expect(await runs.jobsInUse()).toBe(0);
});

test("two reconcilers at the same moment end a job once", async () => {
  const { batchJob } = await running();
  runs.exit(batchJob, 0);
  runs.passSeconds(eventsArriveWithin + 1);
  const made = await Promise.all([runs.repairs(), runs.repairs()]);
  expect(made.map(({ "end-noted": ends = 0 }) => ends).sort()).toEqual([0, 1]);
  expect(await runs.jobsInUse()).toBe(0);
});

test("a stopping job whose container has ended is STOPPED", async () => {
  const { connectorId, jobId, batchJob } = await running();
  await runs.stopJob(connectorId, jobId);
  runs.exit(batchJob, 143);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({ "end-noted": 1 });
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED", exit_code: 143 });
});

test("the number of attempts comes with the end", async () => {
  const { jobId, batchJob } = await running();
  batchJob.detail = { ...batchJob.detail, attempts: [{ stoppedAt: 1 }, { stoppedAt: 2 }] };
  runs.exit(batchJob, 0);
  runs.passSeconds(eventsArriveWithin + 1);
  await runs.repairs();
  expect(await runs.rowOf(jobId)).toMatchObject({ attempts: 2 });
});

test("a job that Batch does not know any more has FAILED; one that was to stop is STOPPED", async () => {
  const lost = await runs.submitted();
  const stopped = await runs.submitted();
  await runs.stopJob(stopped.connectorId, stopped.jobId);
  runs.batch.jobs.splice(0);
  runs.passSeconds(61);
  expect(await runs.repairs()).toEqual({ "forgotten-job-ended": 2 });
  expect(await runs.rowOf(lost.jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: "AWS Batch does not know the job any more",
  });
  expect(await runs.rowOf(stopped.jobId)).toMatchObject({ status: "STOPPED" });
  for (const { connectorId, jobId } of [lost, stopped]) {
    expect(await runs.connectorRow(connectorId)).toMatchObject(available);
    expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  }
  expect(await runs.repairs()).toEqual({});
});

test("a job that was submitted just now may not be known yet", async () => {
  const { jobId } = await runs.submitted();
  runs.batch.jobs.splice(0);
  runs.passSeconds(30);
  expect(await runs.repairs()).toEqual({});
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
});

test("a start that no orchestrator heard of reaches one through the stream, and is told of once in a while", async () => {
  const stream = await openJobStream();
  const { jobId } = await runs.started();
  await stream.next();
  runs.passSeconds(orchestratorActsWithin - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({ "job-nudged": 1 });
  expect(await runs.repairs()).toEqual({});
  const told = (await stream.next()).filter(isOrchestrated);
  stream.close();
  expect(told.map(({ dynamodb }) => dynamodb?.Keys?.job_id?.S)).toEqual([jobId]);

  runs.passSeconds(orchestratorActsWithin + 1);
  expect(await runs.repairs()).toEqual({ "job-nudged": 1 });
  expect(await runs.deliverRecords([...told], 1)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
  expect((await runs.rowOf(jobId)).nudged_at).toBeUndefined();
  runs.passSeconds(orchestratorActsWithin + 1);
  expect(await runs.repairs()).toEqual({});
});

test("a start that an orchestrator takes up while Batch is asked is not told of again", async () => {
  const other = await running();
  const { jobId } = await runs.started();
  runs.passSeconds(orchestratorActsWithin + 1);
  runs.batch.next("describejobs", { before: async () => void (await runs.deliver(jobId)) });
  expect(await runs.repairs()).toEqual({});
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
  expect(await runs.rowOf(other.jobId)).toMatchObject({ status: "RUNNING" });
});

test("a stop that no orchestrator heard of reaches one through the stream, submitted or not", async () => {
  const stream = await openJobStream();
  const early = await runs.started();
  const late = await running();
  for (const { connectorId, jobId } of [early, late]) await runs.stopJob(connectorId, jobId);
  await stream.next();
  runs.passSeconds(orchestratorActsWithin + 1);
  expect(await runs.repairs()).toEqual({ "job-nudged": 2 });
  const told = (await stream.next()).filter(isOrchestrated);
  stream.close();
  expect(await runs.deliverRecords([...told], 1)).toEqual([]);
  expect(await runs.rowOf(early.jobId)).toMatchObject({ status: "STOPPED" });
  expect(late.batchJob.terminateReason).toBe("Stopped by a client of the connector framework");
});

test("a job that waits too long for its place is terminated, and its end says why", async () => {
  const { connectorId, jobId, batchJob } = await runs.submitted();
  runs.passSeconds(waitingLimit - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({ "waiting-job-terminated": 1 });
  expect(await runs.repairs()).toEqual({});
  const statusReason = batchJob.terminateReason;
  await runs.follow(batchEvent(jobId, batchJob.jobId, "FAILED", { statusReason, container: {} }));
  expect(await runs.rowOf(jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: "The job waited longer for capacity than the connector framework allows",
  });
  expect(await runs.connectorRow(connectorId)).toMatchObject(available);
});

test("a further attempt waits since the one before it ended", async () => {
  const { batchJob } = await runs.submitted();
  runs.passSeconds(waitingLimit + 1);
  batchJob.detail = { attempts: [{ stoppedAt: runs.time.now - 60_000 }] };
  expect(await runs.repairs()).toEqual({});
});

test("a job that finds its place while it is looked at is left alone", async () => {
  const { batchJob } = await runs.submitted();
  runs.passSeconds(waitingLimit + 1);
  runs.batch.next("describejobs", { before: async () => runs.run(batchJob) });
  expect(await runs.repairs()).toEqual({});
  expect(batchJob.terminateReason).toBeUndefined();
});

test("a container that runs on after its timeout is terminated, and its end says why", async () => {
  const { jobId, batchJob } = await running();
  runs.passSeconds(3600 + timeoutTakes - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({ "overdue-job-terminated": 1 });
  expect(await runs.repairs()).toEqual({});
  const statusReason = batchJob.terminateReason;
  await runs.follow(batchEvent(jobId, batchJob.jobId, "FAILED", { statusReason, container: { exitCode: 137 } }));
  expect((await runs.rowOf(jobId)).failure_reason).toBe("The job ran longer than the connector's timeout allows");
});

test("that a container runs, told by no event, is noted", async () => {
  const { jobId, batchJob } = await runs.submitted();
  runs.run(batchJob);
  const startedAt = new Date(runs.time.now).toISOString();
  runs.passSeconds(eventsArriveWithin - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({ "start-noted": 1 });
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", started_at: startedAt });
  expect(await runs.repairs()).toEqual({});
});

test("jobs of every account are looked after, on more than one page", async () => {
  const jobs = await Promise.all(
    Array.from({ length: 105 }, async (_, index) => {
      const account = String(100_000_000_000 + (index % 3));
      return runs.job(await runs.connector(account), account);
    }),
  );
  runs.passSeconds(orchestratorActsWithin + 1);
  expect(await runs.repairs()).toEqual({ "job-nudged": jobs.length });
});

test("a job that was stopped before it ran is not told of while its event is on its way", async () => {
  const { connectorId, jobId, batchJob } = await runs.submitted();
  await runs.stopJob(connectorId, jobId);
  await runs.deliver(jobId);
  // Batch notes no end of what never ran.
  batchJob.status = "FAILED";
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({ "end-noted": 1 });
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
});

test("a job that is starting for as long as one may wait is terminated", async () => {
  const { batchJob } = await runs.submitted();
  batchJob.status = "STARTING";
  runs.passSeconds(waitingLimit - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({ "waiting-job-terminated": 1 });
});

test("a job that Batch leaves out of an answer, but lists as alive, is not given up", async () => {
  const { connectorId, jobId } = await running();
  runs.passSeconds(120);
  runs.batch.next("describejobs", { knowNothing: true });
  expect(await runs.repairs()).toEqual({});
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE" });
});
