import { listedAfter } from "../../../../handlers/connector-framework/batch/lag.ts";
import { batchEvent, type JobRuns, startJobRuns, streamRecord } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

const pass = (seconds: number) => {
  runs.time.now += seconds * 1000;
};

/** Batch has one job for it, and the row knows which. */
async function expectOneAdopted(jobId: string): Promise<void> {
  const [batchJob, ...others] = runs.batch.jobsNamed(jobId);
  expect(batchJob).toBeDefined();
  expect(others).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: batchJob?.jobId });
}

test("a record delivered again, once or in the same batch, submits nothing more", async () => {
  const { jobId } = await runs.started();
  await runs.deliver(jobId, jobId);
  await runs.deliver(jobId);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
});

test("two deliveries of a record at the same moment submit once", async () => {
  for (let round = 0; round < 10; round++) {
    const { jobId } = await runs.started();
    await Promise.all([runs.deliver(jobId), runs.deliver(jobId)]);
    pass(listedAfter);
    expect(await runs.deliver(jobId)).toEqual([]);
    expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
    expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
  }
});

test("a crash after Batch took the job: the next delivery finds it by name and adopts it", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STARTED", submitting_at: expect.any(String) });
  expect(await runs.deliver(jobId)).toEqual([]);
  await expectOneAdopted(jobId);
});

test("while Batch's list may lag behind, a delivery fails rather than submit a second time", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
  runs.batch.setListing(true);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
});

test("a delivery with time enough waits until Batch's list has caught up, and adopts what it then tells of", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  const before = runs.sleeps.length;
  runs.whileAsleep(async () => undefined);
  runs.whileAsleep(async () => runs.batch.setListing(true));
  expect(await runs.deliverPatiently(jobId)).toEqual([]);
  expect(runs.sleeps.length - before).toBe(2);
  await expectOneAdopted(jobId);
});

test("a delivery with time enough waits until an intent is a minute old, and submits anew", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  await runs.deliver(jobId);
  const { submitting_at = "" } = await runs.rowOf(jobId);
  expect(await runs.deliverPatiently(jobId)).toEqual([]);
  const row = await runs.rowOf(jobId);
  expect(row.status).toBe("RUNNING");
  const waited = Date.parse(row.submitting_at ?? "") - Date.parse(submitting_at);
  expect(waited).toBeGreaterThanOrEqual(60_000);
  expect(waited).toBeLessThan(61_000);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
});

test("a delivery that its function's time would end while it waits fails at once", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  await runs.deliver(jobId);
  const before = runs.sleeps.length;
  expect(await runs.deliverRecords([streamRecord(jobId)], 60)).toEqual([jobId]);
  expect(runs.sleeps.length).toBe(before);
});

test("an intent's age is counted from just before the submission, however long its preparation took", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", { before: async () => pass(50) });
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  pass(listedAfter - 1);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  runs.batch.setListing(true);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
});

test("a delivery held up before its submission, when the job was submitted anew meanwhile, submits nothing", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("registerjobdefinition", {
    before: async () => {
      pass(listedAfter);
      expect(await runs.deliver(jobId)).toEqual([]);
    },
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  await expectOneAdopted(jobId);
});

test("a submission still on its way when the job is submitted anew is refused, and changes nothing", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", {
    delayed: async () => {
      pass(listedAfter);
      expect(await runs.deliver(jobId)).toEqual([]);
    },
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  await expectOneAdopted(jobId);
});

test("a definition from a submission that was never answered is retired before the job is submitted anew", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  await runs.deliver(jobId);
  const [first] = runs.batch.activeDefinitions(jobId);
  await runs.deliverPatiently(jobId);
  const [second, ...others] = runs.batch.activeDefinitions(jobId);
  expect(others).toEqual([]);
  expect(second?.arn).not.toBe(first?.arn);
  expect(runs.batch.jobsNamed(jobId)[0]?.request.jobDefinition).toBe(second?.arn);
});

test("however often a submission is refused for the moment, one definition is active", async () => {
  const { jobId } = await runs.started();
  for (let delivery = 1; delivery <= 4; delivery++) {
    runs.batch.next("submitjob", { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } });
    expect(await runs.deliver(jobId)).toEqual([jobId]);
    expect(runs.batch.activeDefinitions(jobId)).toHaveLength(1);
  }
});

test("a Batch job on a later page of the list is found", async () => {
  const { jobId } = await runs.started();
  runs.batch.setJobsOnPage(1);
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  pass(listedAfter);
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(true);
  expect(await runs.deliver(jobId)).toEqual([]);
  runs.batch.setJobsOnPage(100);
  const [first, second] = runs.batch.jobsNamed(jobId);
  expect(await runs.rowOf(jobId)).toMatchObject({ batch_job_id: first?.jobId });
  expect(second?.terminateReason).toMatch(/^Submitted twice/);
});

test("a refused submission does not end a job that another delivery has taken up", async () => {
  const { jobId } = await runs.started();
  const elsewhere = new Date("2100-06-01T00:00:00.000Z");
  runs.batch.next("submitjob", {
    refuse: { status: 400, type: "ClientException", message: "never" },
    meanwhile: async () => void (await runs.progress.recordIntent(await runs.rowOf(jobId), elsewhere)),
  });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STARTED", submitting_at: elsewhere.toISOString() });
});

test("a submission refused for the moment does not take back the intent of another delivery", async () => {
  const { jobId } = await runs.started();
  const elsewhere = new Date("2100-06-01T00:00:00.000Z");
  runs.batch.next("submitjob", {
    refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" },
    meanwhile: async () => void (await runs.progress.recordIntent(await runs.rowOf(jobId), elsewhere)),
  });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect((await runs.rowOf(jobId)).submitting_at).toBe(elsewhere.toISOString());
});

test("of two found in Batch's list the first is the job's own before the second is ended", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  pass(listedAfter);
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(true);
  const [first, second] = runs.batch.jobsNamed(jobId);
  runs.batch.next("terminatejob", {
    before: () => runs.follow(batchEvent(jobId, second?.jobId ?? "", "FAILED", { container: { exitCode: 143 } })),
  });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: first?.jobId });
});

test("an intent whose job Batch never had is submitted anew by a later delivery", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseRequest: true });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(0);
  pass(listedAfter);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
});

test("of a job that was submitted twice the earlier goes on", async () => {
  const { jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(false);
  pass(listedAfter);
  runs.batch.next("submitjob", { loseAnswer: true });
  await runs.deliver(jobId);
  runs.batch.setListing(true);
  expect(await runs.deliver(jobId)).toEqual([]);
  const [first, second] = runs.batch.jobsNamed(jobId);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: first?.jobId });
  expect(first?.terminateReason).toBeUndefined();
  expect(second?.terminateReason).toMatch(/^Submitted twice/);
});
