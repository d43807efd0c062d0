import { type JobRuns, queues, startJobRuns } from "../../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

const update = (connector_id: string, container_properties: object) =>
  runs.call("UpdateCustomConnector", { connector_id, container_properties });

test("a job on spare capacity goes to the queue for it, with as many attempts as the connector says", async () => {
  const connectorId = await runs.connector();
  await update(connectorId, { capacity: "SPOT", attempts: 3 });
  const jobId = await runs.job(connectorId);
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)[0]?.request).toMatchObject({
    jobQueue: queues.SPOT,
    retryStrategy: { attempts: 3 },
  });
});

test("a job whose connector was moved to other capacity since its submission is found all the same", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.batch.next("submitjob", { loseAnswer: true });
  expect(await runs.deliver(jobId)).toEqual([jobId]);
  await update(connectorId, { capacity: "SPOT" });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(runs.batch.jobsNamed(jobId)).toHaveLength(1);
  expect(await runs.rowOf(jobId)).toMatchObject({ status: "RUNNING", batch_job_id: expect.any(String) });
});

test("a connector that names what is not allowed any more runs nothing, and its job says why", async () => {
  const { connectorId, jobId } = await runs.started();
  const allow = { roles: ["arn:aws:iam::123456789012:role/connectors/*"], images: ["*"] };
  expect(await runs.deliverAllowing(allow, jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: expect.stringMatching(
      /^The connector names what this framework does not allow: execution_role_arn: must match .*; job_role_arn: /,
    ),
  });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
  expect(runs.batch.jobsNamed(jobId)).toEqual([]);
});

const secrets = [{ name: "TOKEN", value_from: "arn:aws:ssm:eu-central-1:123456789012:parameter/token" }];

test("a variable that is a secret of the connector is refused at the start", async () => {
  const connector_id = await runs.connector();
  await update(connector_id, { secrets });
  const environment = [
    { name: "SITE", value: "" },
    { name: "TOKEN", value: "mine" },
  ];
  expect(await runs.call("StartCustomConnectorJob", { connector_id, environment })).toMatchObject({
    status: 400,
    body: { message: "environment.1.name: is a secret of the connector" },
  });
});

test("a variable that became a secret since the start fails the job by its name, never its value", async () => {
  const connector_id = await runs.connector();
  const environment = [{ name: "TOKEN", value: "hush" }];
  const jobId = await runs.jobWith(connector_id, environment);
  await update(connector_id, { secrets });
  expect(await runs.deliver(jobId)).toEqual([]);
  expect(await runs.rowOf(jobId)).toMatchObject({
    status: "FAILED",
    failure_reason: "The job's environment names secrets of the connector: TOKEN",
  });
});
