import {
  type JobProgressStore,
  jobProgressStore,
} from "../../../../handlers/connector-framework/store/job-progress.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { type JobRuns, startJobRuns } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

/** A store in which something else happens just before its first write. */
async function overtaken<Result>(rival: () => Promise<unknown>, act: (jobs: JobProgressStore) => Promise<Result>) {
  const client = createDocumentClient();
  let rivals = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const writes = "UpdateExpression" in args.input || "TransactItems" in args.input;
      if (writes && rivals++ === 0) await rival();
      return next(args);
    },
    { step: "initialize" },
  );
  const result = await act(jobProgressStore(client, tables));
  expect(rivals).toBeGreaterThan(0);
  client.destroy();
  return result;
}

test("an end decided while no Batch job was known is decided anew when there is one", async () => {
  const { connectorId, jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  await runs.stopJob(connectorId, jobId);
  const ended = await overtaken(
    () => runs.progress.attach(ref, "batch-1", runs.clock()),
    (jobs) =>
      jobs.end(ref, (job) => (job.batch_job_id === undefined ? { status: "STOPPED" } : undefined), runs.clock()),
  );
  expect(ended).toBe(false);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "STOPPING", batch_job_id: "batch-1" });
  expect((await runs.connectorRow(connectorId)).status).toBe("IN_USE");
});

test("a failure decided while no stop was asked for is decided anew when there is", async () => {
  const { connectorId, jobId } = await runs.started();
  const ended = await overtaken(
    () => runs.stopJob(connectorId, jobId),
    (jobs) =>
      jobs.end(
        { tenant: runs.tenant, jobId },
        ({ status }) => ({ status: status === "STOPPING" ? "STOPPED" : "FAILED" }),
        runs.clock(),
      ),
  );
  expect(ended).toBe(true);
  expect((await runs.rowOf(jobId)).status).toBe("STOPPED");
});

test("an end that another end came before is none, and says so", async () => {
  const { jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  const end = (jobs: JobProgressStore, status: "FAILED" | "SUCCEEDED") =>
    jobs.end(ref, () => ({ status, exit_code: status === "FAILED" ? 1 : 0 }), runs.clock());
  const ended = await overtaken(
    () => end(runs.progress, "SUCCEEDED"),
    (jobs) => end(jobs, "FAILED"),
  );
  expect(ended).toBe(false);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED", exit_code: 0 });
});

test("of two Batch jobs attached at once the first stays, and the other is told of it", async () => {
  const { jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  const before = await overtaken(
    () => runs.progress.attach(ref, "first", runs.clock()),
    (jobs) => jobs.attach(ref, "second", runs.clock()),
  );
  expect(before).toMatchObject({ batch_job_id: "first" });
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: "first" });
});

test("an intent is withdrawn by whose it is only, also when the job has changed beside it", async () => {
  const { connectorId, jobId } = await runs.started();
  const mine = await runs.progress.recordIntent(await runs.rowOf(jobId), runs.clock());
  const anothers = mine && (await runs.progress.recordIntent(mine, runs.clock()));
  if (!mine || !anothers) throw new Error("no intent");
  await runs.progress.withdrawIntent(mine);
  expect((await runs.rowOf(jobId)).submitting_at).toBe(anothers.submitting_at);
  await runs.stopJob(connectorId, jobId);
  await runs.progress.withdrawIntent(anothers);
  expect((await runs.rowOf(jobId)).submitting_at).toBeUndefined();
});

test("that another Batch job runs is not noted once the job knows its own", async () => {
  const { jobId } = await runs.started();
  const ref = { tenant: runs.tenant, jobId };
  await runs.progress.recordIntent(await runs.rowOf(jobId), runs.clock());
  await overtaken(
    () => runs.progress.attach(ref, "first", runs.clock()),
    (jobs) => jobs.recordRunning(ref, { batch_job_id: "second", started_at: "2026-01-01T00:00:00.000Z" }, runs.clock()),
  );
  const row = await runs.rowOf(jobId);
  expect(row.batch_job_id).toBe("first");
  expect(row.started_at).toBeUndefined();
});

test("an intent is taken by one of two only", async () => {
  const { jobId } = await runs.started();
  const row = await runs.rowOf(jobId);
  const intents = [runs.progress.recordIntent(row, runs.clock()), runs.progress.recordIntent(row, runs.clock())];
  const taken = (await Promise.all(intents)).filter((intent) => intent !== undefined);
  expect(taken).toEqual([await runs.rowOf(jobId)]);
});

test("a job whose connector was given to another ends alone", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.releaseByHand(connectorId);
  const newer = await runs.job(connectorId);
  expect(await runs.progress.end({ tenant: runs.tenant, jobId }, () => ({ status: "SUCCEEDED" }), runs.clock())).toBe(
    true,
  );
  expect((await runs.rowOf(jobId)).status).toBe("SUCCEEDED");
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "IN_USE", current_job_id: newer });
});

test("a job that is not stored is neither ended nor attached", async () => {
  const ref = { tenant: runs.tenant, jobId: "ccj-000000000000" };
  expect(await runs.progress.end(ref, () => ({ status: "FAILED" }), runs.clock())).toBe(false);
  expect(await runs.progress.attach(ref, "batch", runs.clock())).toBeUndefined();
  expect(await runs.progress.find(ref)).toBeUndefined();
});
