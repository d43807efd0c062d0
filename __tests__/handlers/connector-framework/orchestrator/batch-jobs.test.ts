import { batchJobs } from "../../../../handlers/connector-framework/orchestrator/batch-jobs.ts";
import { createBatchClient } from "../../../../handlers/runtime/aws-clients.ts";
import { queues } from "../../../helpers/job-runs.ts";
import { type ScriptedBatch, startScriptedBatch } from "../../../helpers/scripted-batch.ts";

let batch: ScriptedBatch;
let stop: () => Promise<void>;
let jobs: ReturnType<typeof batchJobs>;
beforeAll(async () => {
  batch = await startScriptedBatch();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_BATCH: batch.endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  // As the orchestrator's entry makes them.
  const clients = { client: createBatchClient({ attempts: 4 }), submitter: createBatchClient({ attempts: 1 }) };
  jobs = batchJobs(clients, queues);
  stop = async () => {
    clients.client.destroy();
    clients.submitter.destroy();
    await batch.stop();
  };
});
afterAll(() => stop());

const down = { refuse: { status: 500, type: "ServerException", message: "down" } };

test("every call but the submission is sent again when Batch is down for a moment", async () => {
  for (const call of ["registerjobdefinition", "listjobs", "describejobs", "describejobdefinitions"] as const)
    batch.next(call, down);
  const definitionArn = await jobs.register({ jobDefinitionName: "ccj-000000000001", type: "container" });
  const runs = { capacity: "ON_DEMAND", timeoutSeconds: 60, attempts: 1 } as const;
  const submission = { jobId: "ccj-000000000001", definitionArn, ...runs, tags: {} };
  batch.next("submitjob", down);
  await expect(jobs.submit(submission)).rejects.toThrow("down");
  const id = await jobs.submit(submission);
  expect(await jobs.findByName("ccj-000000000001")).toEqual([id]);
  expect(await jobs.describe(id)).toMatchObject({ jobId: id, status: "RUNNABLE" });
  batch.next("terminatejob", down);
  await jobs.terminate(id, "enough");
  await jobs.retireDefinitions("ccj-000000000001");
  expect(batch.jobs).toMatchObject([{ terminateReason: "enough" }]);
  expect(batch.activeDefinitions("ccj-000000000001")).toEqual([]);
  expect(batch.calls.filter((call) => call === "submitjob")).toHaveLength(2);
});

test("what Batch does not know is told so", async () => {
  expect(await jobs.describe("unknown")).toBeUndefined();
  expect(await jobs.findByName("ccj-ffffffffffff")).toEqual([]);
});
