import { batchEvent, type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";
import { isOrchestrated, type JobStream, openJobStream } from "../../../helpers/job-stream.ts";

let runs: JobRuns;
let stream: JobStream;
beforeAll(async () => {
  runs = await startJobRuns();
  stream = await openJobStream();
});
afterAll(async () => {
  stream.close();
  await runs.stop();
});

/** What happened to jobs since the last call, and which of it the orchestrator is told of. */
async function changes(): Promise<{ all: number; orchestrated: (string | undefined)[] }> {
  const records = await stream.next();
  const orchestrated = records.filter(isOrchestrated).map(({ dynamodb }) => dynamodb?.NewImage?.status?.S);
  return { all: records.length, orchestrated };
}

const busy = { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } };
const never = { refuse: { status: 400, type: "ClientException", message: "never" } };

test("the orchestrator is told of a start and of a stop, and of nothing that it writes itself", async () => {
  await changes();
  const { connectorId, jobId } = await runs.started();
  expect(await changes()).toEqual({ all: 1, orchestrated: ["STARTED"] });
  // An intent taken back, one left open, and one that leads to a Batch job.
  runs.batch.next("registerjobdefinition", busy);
  runs.batch.next("submitjob", busy);
  runs.batch.next("submitjob", { loseRequest: true });
  for (let delivery = 1; delivery <= 4; delivery++) await runs.deliverPatiently(jobId);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING" });
  expect(await changes()).toEqual({ all: expect.any(Number), orchestrated: [] });

  expect(await runs.stopJob(connectorId, jobId)).toBe(202);
  expect(await runs.stopJob(connectorId, jobId)).toBe(202);
  expect(await changes()).toEqual({ all: 1, orchestrated: ["STOPPING"] });
  await runs.deliver(jobId);
  const [batchJob] = runs.batch.jobsNamed(jobId);
  await runs.follow(batchEvent(jobId, batchJob?.jobId ?? "", "RUNNING", { startedAt: 1 }));
  await runs.follow(batchEvent(jobId, batchJob?.jobId ?? "", "FAILED"));
  expect(await changes()).toEqual({ all: 2, orchestrated: [] });
});

test("nor of a Batch job it attaches to a stopping job, nor of any end", async () => {
  const [stopped, forgotten, refused] = [await runs.started(), await runs.started(), await runs.started()];
  await runs.stopJob(stopped.connectorId, stopped.jobId);
  await changes();
  await runs.deliver(stopped.jobId);
  runs.batch.next("submitjob", never);
  await runs.deliver(refused.jobId);
  expect((await changes()).orchestrated).toEqual([]);

  runs.batch.next("submitjob", {
    before: async () => void (await runs.stopJob(forgotten.connectorId, forgotten.jobId)),
  });
  await runs.deliver(forgotten.jobId);
  expect(await runs.rowOf(forgotten.jobId)).toMatchObject({ status: "STOPPING", batch_job_id: expect.any(String) });
  expect((await changes()).orchestrated).toEqual(["STOPPING"]);
  runs.batch.jobs.splice(0);
  await runs.deliverPatiently(forgotten.jobId);
  const ends = [stopped, refused, forgotten].map(async ({ jobId }) => (await runs.rowOf(jobId)).status);
  expect(await Promise.all(ends)).toEqual(["STOPPED", "FAILED", "STOPPED"]);
  expect(await changes()).toEqual({ all: 1, orchestrated: [] });
});
