import { BatchClient, SubmitJobCommand } from "@aws-sdk/client-batch";
import { eventsArriveWithin } from "../../../../handlers/connector-framework/reconciler/patience.ts";
import { queue } from "../../../helpers/job-runs.ts";
import { type ReconciledRuns, startReconciledRuns } from "../../../helpers/reconciler.ts";

let runs: ReconciledRuns;
beforeEach(async () => {
  runs = await startReconciledRuns();
});
afterEach(() => runs.stop());

const terminated = { "stray-job-terminated": 1 };

/** One more Batch job of a name, submitted by nobody knows whom. */
async function submitBeside(jobName: string, jobQueue: string = queue) {
  const client = new BatchClient({ endpoint: runs.batch.endpoint });
  const definition = await runs.registerBeside(jobName);
  await client.send(new SubmitJobCommand({ jobName, jobQueue, jobDefinition: definition.jobDefinitionArn }));
  client.destroy();
  const batchJob = runs.batch.jobsNamed(jobName).at(-1);
  if (!batchJob) throw new Error("not submitted");
  return batchJob;
}

test("a container of a job that is gone is terminated, once, in whichever queue", async () => {
  for (const jobQueue of [queue, `${queue}-spot`]) {
    const batchJob = await submitBeside("ccj-000000000000", jobQueue);
    runs.run(batchJob);
    runs.passSeconds(eventsArriveWithin + 1);
    expect(await runs.repairs()).toEqual(terminated);
    expect(batchJob.terminateReason).toBe("The connector framework has no such job");
    expect(await runs.repairs()).toEqual({});
  }
});

test("a container of a job that has ended is terminated", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.stopJob(connectorId, jobId);
  expect(await runs.deliver(jobId)).toEqual([]);
  const batchJob = await submitBeside(jobId);
  runs.passSeconds(eventsArriveWithin - 10);
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(20);
  expect(await runs.repairs()).toEqual(terminated);
  expect(batchJob.terminateReason).toBe("The job is carried out by another Batch job");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
});

test("a container that its job ended without is terminated, once others had the time to", async () => {
  const { jobId, batchJob } = await runs.submitted();
  runs.passSeconds(eventsArriveWithin + 1);
  await runs.progress.end({ tenant: runs.tenant, jobId }, () => ({ status: "STOPPED" }), runs.clock());
  expect(await runs.repairs()).toEqual({});
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual(terminated);
  expect(batchJob.terminateReason).toBe("The job has ended in the connector framework");
});

test("a second container of a job is terminated, its own goes on", async () => {
  const { jobId, batchJob } = await runs.submitted();
  const other = await submitBeside(jobId);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual(terminated);
  expect(other.terminateReason).toBe("The job is carried out by another Batch job");
  expect(batchJob.terminateReason).toBeUndefined();
});

test("a container that an orchestrator may take up is left to it", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({});
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: batchJob?.jobId });
});

test("a container of a job that knows of no submission is left until it is known which one it has", async () => {
  const { jobId } = await runs.started();
  const early = await submitBeside(jobId);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({});
  expect(await runs.deliver(jobId)).toEqual([]);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual(terminated);
  expect(early.terminateReason).toBe("The job is carried out by another Batch job");
});

test("a container that ends while it is looked at is none to terminate", async () => {
  const batchJob = await submitBeside("ccj-000000000000");
  runs.passSeconds(eventsArriveWithin + 1);
  // The third list is that of RUNNABLE jobs.
  for (const happens of [undefined, undefined, () => runs.exit(batchJob, 0)])
    runs.batch.next("listjobs", { before: async () => happens?.() });
  expect(await runs.repairs()).toEqual({});
});

test("jobs of other names are none of ours", async () => {
  await submitBeside("nightly-report");
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({});
});

test("strays on every page are found", async () => {
  runs.batch.setJobsOnPage(2);
  for (let nth = 0; nth < 5; nth++) await submitBeside(`ccj-00000000000${nth}`);
  runs.passSeconds(eventsArriveWithin + 1);
  expect(await runs.repairs()).toEqual({ "stray-job-terminated": 5 });
});
