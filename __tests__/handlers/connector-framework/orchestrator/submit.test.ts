import { batchEvent, type JobRuns, queue, startJobRuns, streamRecord } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

test("a started job is submitted under its id with its connector's timeout, and is RUNNING with Batch's id", async () => {
  const { connectorId, jobId } = await runs.started();
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob, ...others] = runs.batch.jobsNamed(jobId);
  expect(others).toEqual([]);
  expect(batchJob?.request).toEqual({
    jobName: jobId,
    jobQueue: queue,
    jobDefinition: runs.batch.activeDefinitions(jobId)[0]?.arn,
    timeout: { attemptDurationSeconds: 3600 },
    retryStrategy: { attempts: 1 },
    tags: { connector_id: connectorId, job_id: jobId, custom_connector_arn_prefix: runs.tenant },
    propagateTags: true,
  });
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: batchJob?.jobId });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE", current_job_id: jobId });
});

test.each([
  ["throttling", { status: 429, type: "TooManyRequestsException", message: "Too Many Requests" }],
  ["throttling spelled as a client's fault", { status: 400, type: "ClientException", message: "Rate exceeded" }],
])("%s fails the record and leaves the way free for the next delivery at once", async (_, refuse) => {
  const { jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", { refuse });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  runs.batch.next("submitjob", { refuse });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect((await runs.rowOf(jobId)).submitting_at).toBeUndefined();
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
});

test("a server's fault at the submission leaves it open if Batch has the job", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { refuse: { status: 500, type: "ServerException", message: "Internal error" } });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STARTED", submitting_at: expect.any(String) });
});

test.each(["registerjobdefinition", "submitjob"] as const)(
  "what Batch will never accept (%s) fails the job with its reason and frees the connector",
  async (call) => {
    const { connectorId, jobId } = await runs.started();
    const message = "Error executing request, Exception : role is not valid";
    runs.batch.next(call, { refuse: { status: 400, type: "ClientException", message } });
    expect(await runs.deliver(jobId)).toEqual([]);
    expect(await runs.rowOf(jobId)).toMatchObject({
      status: "FAILED",
      failure_reason: `AWS Batch refused the job: ${message}`,
      completed_at: expect.any(String),
      ttl: expect.any(Number),
    });
    const connector = await runs.connectorRow(connectorId);
    expect(connector.status).toBe("AVAILABLE");
    expect(connector.current_job_id).toBeUndefined();
    expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  },
);

test("a role that may not be passed fails the job; any other lack of rights is the operator's and is tried again", async () => {
  const denied = (message: string) => ({ refuse: { status: 403, type: "AccessDeniedException", message } });
  const first = await runs.started();
  runs.batch.next(
    "registerjobdefinition",
    denied("is not authorized to perform: iam:PassRole on resource: role/admin"),
  );
  expect(await runs.deliver(first.jobId)).toEqual([]);
  expect(await runs.rowOf(first.jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: expect.stringContaining("iam:PassRole"),
  });
  const second = await runs.started();
  runs.batch.next("registerjobdefinition", denied("is not authorized to perform: batch:RegisterJobDefinition"));
  expect(await runs.deliver(second.jobId)).toEqual([second.jobId]);
  expect(await runs.rowOf(second.jobId)).toMatchObject({ status: "STARTED" });
});

test("the event that a job ended comes before the orchestrator's own write: the end stands and keeps Batch's id", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", {
    before: (batchJobId) => runs.follow(batchEvent(jobId, batchJobId, "SUCCEEDED", { container: { exitCode: 0 } })),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED", batch_job_id: batchJob?.jobId, exit_code: 0 });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect(batchJob?.terminateReason).toBeUndefined();
});

test("the event that a job runs comes before the orchestrator's own write: both are kept", async () => {
  const { jobId } = await runs.started();
  const startedAt = Date.parse("2026-01-01T00:00:05.000Z");
  runs.batch.next("submitjob", {
    before: (batchJobId) => runs.follow(batchEvent(jobId, batchJobId, "RUNNING", { startedAt })),
  });
  await runs.deliver(jobId);
  expect(await runs.rowOf(jobId)).toMatchObject({
    status: "RUNNING",
    started_at: "2026-01-01T00:00:05.000Z",
    batch_job_id: runs.batch.jobsNamed(jobId)[0]?.jobId,
  });
});

test("a stop during the submission: the job keeps Batch's id and is terminated", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", {
    before: async () => expect(await runs.stopJob(connectorId, jobId)).toBe(202),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(batchJob?.terminateReason).toBe("Stopped by a client of the connector framework");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING", batch_job_id: batchJob?.jobId });
});

test("a stop between the registration and the submission: nothing is submitted", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", {
    before: async () => expect(await runs.stopJob(connectorId, jobId)).toBe(202),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
  expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPED" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});

test("a job submitted after all, when it had ended meanwhile, is terminated", async () => {
  const { jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  runs.batch.next("submitjob", {
    before: async () => void (await runs.progress.end(ref, () => ({ status: "FAILED" }), runs.clock())),
  });
  await runs.deliver(jobId);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  expect(batchJob?.terminateReason).toBe("The job has ended in the connector framework");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "FAILED", batch_job_id: batchJob?.jobId });
});

test("a job submitted after another delivery's was taken is terminated, and the other goes on", async () => {
  const { jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  runs.batch.next("submitjob", {
    before: async () => void (await runs.progress.attach(ref, "the-others", runs.clock())),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)[0]?.terminateReason).toBe("Submitted twice: the other job goes on");
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: "the-others" });
});

test("a submission that is refused does not end a job that another delivery has submitted", async () => {
  const { connectorId, jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  runs.batch.next("submitjob", {
    refuse: { status: 400, type: "ClientException", message: "never" },
    meanwhile: async () => void (await runs.progress.attach(ref, "the-others", runs.clock())),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: "the-others" });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE" });
});

test("records are carried out one after the other", async () => {
  const [first, second] = [await runs.started(), await runs.started()];
  const before = runs.batch.calls.length;
  await runs.deliver(first.jobId, second.jobId);
  const one = ["describejobdefinitions", "registerjobdefinition", "submitjob"];
  expect(runs.batch.calls.slice(before)).toEqual([...one, ...one]);
});

test("a job whose connector was given to another fails and is not submitted", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.releaseByHand(connectorId);
  const newer = await runs.job(connectorId);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: "The connector is not held by this job",
  });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ current_job_id: newer });
});

test("one job's failure fails its record alone, and a job that is gone is no failure", async () => {
  const [first, second] = [await runs.started(), await runs.started()];
  runs.batch.next("registerjobdefinition", { refuse: { status: 500, type: "ServerException", message: "down" } });
  expect(await runs.deliver(first.jobId, "ccj-000000000000", second.jobId)).toEqual([first.jobId]);
  expect(await runs.rowOf(second.jobId)).toMatchObject({ status: "RUNNING" });
});

test("when every record fails, every one is reported", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", { refuse: { status: 500, type: "ServerException", message: "down" } });
  expect(await runs.deliverRecords([streamRecord(jobId)], 1)).toEqual([jobId]);
});
