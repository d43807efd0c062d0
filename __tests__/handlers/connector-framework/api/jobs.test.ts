import * as z from "zod";
import { type ConnectorFramework, startConnectorFramework } from "../../../helpers/connector-framework.ts";

const tenant = "arn:aws:ccf:eu-central-1:123456789012";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const listed = z.object({
  jobs: z.array(z.looseObject({ job_id: z.string(), status: z.string() })),
  next_token: z.string().nullable(),
});

/** Starts a job and ends it, so that the next can start. */
async function endedJob(connector_id: string, status: "SUCCEEDED" | "FAILED" | "STOPPED", accountId = "123456789012") {
  const job_id = await framework.job(connector_id, accountId);
  const ref = { tenant: `arn:aws:ccf:eu-central-1:${accountId}`, jobId: job_id };
  await framework.progress.end(ref, () => ({ status }), framework.clock());
  return job_id;
}

test("a started job is STARTED and holds the connector", async () => {
  const connector_id = await framework.connector();
  const environment = [{ name: "TOKEN", value: "secret" }];
  const { status, body } = await framework.call("StartCustomConnectorJob", { connector_id, environment });
  expect(status).toBe(201);
  expect(body).toEqual({
    job: {
      job_id: expect.stringMatching(/^ccj-[0-9a-f]{12}$/),
      connector_id,
      status: "STARTED",
      created_at: expect.any(String),
    },
  });
});

test("a start without a body has no variables", async () => {
  const connector_id = await framework.connector();
  const jobId = await framework.job(connector_id);
  expect(await framework.stores.jobs.find({ tenant, jobId })).toMatchObject({ environment: [] });
});

test("a start on a connector that a job holds is a conflict, on one that is not there it finds nothing", async () => {
  const connector_id = await framework.connector();
  await framework.job(connector_id);
  expect(await framework.call("StartCustomConnectorJob", { connector_id })).toEqual({
    status: 409,
    body: { errorType: "ConflictException", message: `connector ${connector_id} is in use by a job` },
  });
  for (const missing of ["cc-000000000000", `checkpoint#${connector_id}`])
    expect((await framework.call("StartCustomConnectorJob", { connector_id: missing })).status).toBe(404);
  expect((await framework.call("StartCustomConnectorJob", { connector_id }, "333333333333")).status).toBe(404);
});

test("a refused start leaves no job behind", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  await framework.call("StartCustomConnectorJob", { connector_id });
  const { body } = await framework.call("ListCustomConnectorJobs", { connector_id });
  expect(listed.parse(body).jobs.map((job) => job.job_id)).toEqual([job_id]);
});

test("two starts at the same moment, a hundred times: one job and one conflict each time", async () => {
  for (let round = 0; round < 100; round++) {
    const connector_id = await framework.connector("666666666666");
    const start = () => framework.call("StartCustomConnectorJob", { connector_id }, "666666666666");
    const answers = await Promise.all([start(), start()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  }
});

test("of ten starts at the same moment one is served and none fails", async () => {
  const connector_id = await framework.connector();
  const starts = Array.from({ length: 10 }, () => framework.call("StartCustomConnectorJob", { connector_id }));
  const statuses = (await Promise.all(starts)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, ...Array(9).fill(409)]);
});

test("jobs are listed newest first, each once, and never with their environment", async () => {
  const connector_id = await framework.connector();
  const ids = [];
  for (let index = 0; index < 5; index++) ids.unshift(await endedJob(connector_id, "SUCCEEDED"));
  const pages: string[][] = [];
  let next_token: string | null = null;
  do {
    const page = { connector_id, max_results: 2, ...(next_token && { next_token }) };
    const { status, body } = await framework.call("ListCustomConnectorJobs", page);
    expect(status).toBe(200);
    const parsed = listed.parse(body);
    pages.push(parsed.jobs.map(({ job_id }) => job_id));
    next_token = parsed.next_token;
    for (const job of parsed.jobs)
      expect(Object.keys(job).sort()).toEqual(
        ["completed_at", "connector_id", "created_at", "job_id", "status", "updated_at"].sort(),
      );
  } while (next_token !== null);
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(pages.flat()).toEqual(ids);
});

test("a filter makes no short pages: it reads on until the page is full", async () => {
  const connector_id = await framework.connector();
  const failed: string[] = [];
  for (let index = 0; index < 9; index++) {
    const status = index % 3 === 0 ? "FAILED" : "SUCCEEDED";
    const job_id = await endedJob(connector_id, status);
    if (status === "FAILED") failed.unshift(job_id);
  }
  const filtered = { connector_id, status: "FAILED", max_results: 2 };
  const first = listed.parse((await framework.call("ListCustomConnectorJobs", filtered)).body);
  expect(first.jobs.map(({ job_id }) => job_id)).toEqual(failed.slice(0, 2));
  const rest = await framework.call("ListCustomConnectorJobs", { ...filtered, next_token: first.next_token });
  const last = listed.parse(rest.body);
  expect(last.jobs.map(({ job_id }) => job_id)).toEqual(failed.slice(2));
  expect(last.next_token).toBeNull();
  const none = await framework.call("ListCustomConnectorJobs", { connector_id, status: "RUNNING" });
  expect(none.body).toEqual({ jobs: [], next_token: null });
});

test("an empty status is no filter, and one with blanks around is read without", async () => {
  const connector_id = await framework.connector();
  await endedJob(connector_id, "FAILED");
  for (const status of ["", " FAILED "]) {
    const { body } = await framework.call("ListCustomConnectorJobs", { connector_id, status });
    expect(listed.parse(body).jobs).toHaveLength(1);
  }
});

test("a list shows only the connector's own jobs, and none to another account", async () => {
  const [mine, other] = [await framework.connector(), await framework.connector()];
  await framework.job(other);
  const { body } = await framework.call("ListCustomConnectorJobs", { connector_id: mine });
  expect(body).toEqual({ jobs: [], next_token: null });
  const stranger = await framework.call("ListCustomConnectorJobs", { connector_id: mine }, "333333333333");
  expect(stranger.status).toBe(404);
});

test("a token of another connector's jobs, or of another kind of list, is refused", async () => {
  const [mine, other] = [await framework.connector(), await framework.connector()];
  for (const connector of [mine, other]) for (const _ of [1, 2]) await endedJob(connector, "SUCCEEDED");
  const { body } = await framework.call("ListCustomConnectorJobs", { connector_id: other, max_results: 1 });
  const { next_token } = listed.parse(body);
  expect(next_token).not.toBeNull();
  for (const operation of ["ListCustomConnectorJobs", "ListCustomConnectorDocuments"] as const)
    expect(await framework.call(operation, { connector_id: mine, next_token })).toEqual({
      status: 400,
      body: { errorType: "BadRequestException", message: "next_token: is not a token of this list" },
    });
});

test("a stop is accepted, and again while the job is stopping", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  expect(await framework.call("StopCustomConnectorJob", { connector_id, job_id })).toEqual({ status: 202, body: {} });
  const stopping = await framework.stores.jobs.find({ tenant, jobId: job_id });
  expect(stopping?.status).toBe("STOPPING");
  expect((await framework.call("StopCustomConnectorJob", { connector_id, job_id })).status).toBe(202);
  expect(await framework.stores.jobs.find({ tenant, jobId: job_id })).toEqual(stopping);
});

test("a running job can be stopped", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  await framework.progress.attach({ tenant, jobId: job_id }, "batch-1", framework.clock());
  expect((await framework.call("StopCustomConnectorJob", { connector_id, job_id })).status).toBe(202);
  expect(await framework.stores.jobs.find({ tenant, jobId: job_id })).toMatchObject({
    status: "STOPPING",
    batch_job_id: "batch-1",
  });
});

test.each(["SUCCEEDED", "FAILED", "STOPPED"] as const)("stopping a job that is %s is a conflict", async (status) => {
  const connector_id = await framework.connector();
  const job_id = await endedJob(connector_id, status);
  const answer = await framework.call("StopCustomConnectorJob", { connector_id, job_id });
  expect(answer).toEqual({
    status: 409,
    body: { errorType: "ConflictException", message: `job ${job_id} has ended already: ${status}` },
  });
  expect(await framework.stores.jobs.find({ tenant, jobId: job_id })).toMatchObject({ status });
});

test("a job is stopped only through its own connector, and by its own account", async () => {
  const [mine, other] = [await framework.connector(), await framework.connector()];
  const job_id = await framework.job(mine);
  const through = (connector_id: string, accountId?: string) =>
    framework.call("StopCustomConnectorJob", { connector_id, job_id }, accountId);
  expect(await through(other)).toEqual({
    status: 404,
    body: { errorType: "ResourceNotFoundException", message: `connector ${other} has no job ${job_id}` },
  });
  expect((await through("cc-000000000000")).status).toBe(404);
  expect((await through(mine, "333333333333")).status).toBe(404);
  expect(await framework.stores.jobs.find({ tenant, jobId: job_id })).toMatchObject({ status: "STARTED" });
});

test.each(["ccj-000000000000", "no-job", "cc-000000000000"])("there is no job %s to stop", async (job_id) => {
  const connector_id = await framework.connector();
  expect((await framework.call("StopCustomConnectorJob", { connector_id, job_id })).status).toBe(404);
});

test("an ended job is kept seven days, in a number DynamoDB's expiry understands", async () => {
  const connector_id = await framework.connector();
  const jobId = await endedJob(connector_id, "SUCCEEDED");
  const job = await framework.stores.jobs.find({ tenant, jobId });
  expect(job?.ttl).toBe(Math.floor(Date.parse(job?.completed_at ?? "") / 1000) + 7 * 24 * 3600);
});
