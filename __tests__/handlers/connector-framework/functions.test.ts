import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { startTestBatch } from "../../helpers/batch.ts";
import { createConnectorFrameworkTables, tables } from "../../helpers/connector-framework-tables.ts";
import { startTestDynamoDb } from "../../helpers/dynamodb.ts";
import { isOrchestrated, openJobStream } from "../../helpers/job-stream.ts";
import { lambdaContext, restEvent } from "../../helpers/rest-event.ts";

// The three functions as Lambda starts them, on the local stage's own DynamoDB and Batch.

const repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const shell = (script: string) => ({ argv: ["/bin/sh", "-c", script] as const });
const images = new Map([
  [`${repository}/sees-its-environment`, shell('test "$SITE" = home && test -n "$CUSTOM_CONNECTOR_JOB_ID" && exit 0')],
  [`${repository}/fails`, shell("exit 7")],
  [`${repository}/never-ends`, shell("while true; do read line < /dev/zero; done")],
]);
const connectors = "/api/v1/custom-connectors";
const stops: (() => Promise<void>)[] = [];

const jobsAnswer = z.object({
  jobs: z.array(
    z.looseObject({ status: z.string(), exit_code: z.int().optional(), failure_reason: z.string().optional() }),
  ),
});

type Functions = Awaited<ReturnType<typeof load>>;
let functions: Functions;

async function load() {
  const api = await import("../../../handlers/connector-framework/api/index.ts");
  const orchestrator = await import("../../../handlers/connector-framework/orchestrator/index.ts");
  const jobStatus = await import("../../../handlers/connector-framework/job-status/index.ts");
  return { api: api.handler, orchestrator: orchestrator.handler, jobStatus: jobStatus.handler };
}

beforeAll(async () => {
  process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
  process.env.POWERTOOLS_METRICS_DISABLED = "true";
  const dynamoDb = await startTestDynamoDb();
  await createConnectorFrameworkTables();
  // Batch delivers an event again when it is not taken.
  const batch = await startTestBatch(images, (event) => functions.jobStatus(event, lambdaContext));
  Object.assign(process.env, {
    CONNECTORS_TABLE: tables.connectors,
    JOBS_TABLE: tables.jobs,
    DOCUMENTS_TABLE: tables.documents,
    JOB_QUEUE: batch.queue,
    SPOT_JOB_QUEUE: batch.queue,
    CONNECTOR_ROLES: "arn:aws:iam::123456789012:role/*",
    CONNECTOR_IMAGES: `${repository}/*`,
    CONNECTOR_QUOTA: "100",
    JOB_QUOTA: "100",
    // Nothing here pages through a list or has a schedule.
    PAGE_TOKEN_KEY: "none",
    SCHEDULE_GROUP: "none",
    SCHEDULE_FUNCTION: "none",
    SCHEDULE_ROLE: "none",
    SCHEDULE_DEAD_LETTERS: "none",
    JOB_LOG_GROUP: "/armature/test/jobs",
    METRICS_SERVICE: "test",
    API_ENDPOINT: "http://127.0.0.1:1/prod/",
  });
  functions = await load();
  const stopStream = await pumpStream();
  stops.push(stopStream, batch.stop, dynamoDb.stop);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Delivers the jobs table's stream to the orchestrator as its event source mapping does: what passes the filter, one by one. */
async function pumpStream(): Promise<() => Promise<void>> {
  const stream = await openJobStream();
  const stopping = new AbortController();
  const context = { ...lambdaContext, getRemainingTimeInMillis: () => 120_000 };
  const pump = async () => {
    while (!stopping.signal.aborted) {
      const records = await stream.next();
      for (const record of records.filter(isOrchestrated))
        while ((await functions.orchestrator({ Records: [record] }, context)).batchItemFailures.length > 0);
      if (records.length === 0) await delay(20);
    }
  };
  const pumping = pump();
  return async () => {
    stopping.abort();
    await pumping;
    stream.close();
  };
}

async function call(method: string, path: string, parameters: Record<string, string>, body?: object) {
  const answer = await functions.api(
    restEvent({ method, resource: `${connectors}${path}`, parameters, ...(body && { body }) }),
    lambdaContext,
  );
  return { status: answer.statusCode, body: answer.body === "" ? {} : JSON.parse(answer.body) };
}

async function startJob(image: string): Promise<{ connector_id: string; job_id: string }> {
  const role = "arn:aws:iam::123456789012:role/connector";
  const container_properties = {
    execution_role_arn: role,
    job_role_arn: role,
    image_uri: `${repository}/${image}:1`,
  };
  const created = await call("POST", "", {}, { name: image, container_properties });
  const connector_id = z.string().parse(created.body.connector.connector_id);
  const environment = [{ name: "SITE", value: "home" }];
  const started = await call("POST", "/{connector_id}/jobs", { connector_id }, { environment });
  return { connector_id, job_id: z.string().parse(started.body.job.job_id) };
}

/** The connector's only job, once it is as wanted. */
async function jobWhen(connector_id: string, wanted: (job: z.output<typeof jobsAnswer>["jobs"][number]) => boolean) {
  for (;;) {
    const { body } = await call("GET", "/{connector_id}/jobs", { connector_id });
    const [job] = jobsAnswer.parse(body).jobs;
    if (job && wanted(job)) return job;
    await delay(20);
  }
}

test("a job runs its container with the caller's and the framework's variables, and succeeds", async () => {
  const { connector_id } = await startJob("sees-its-environment");
  const job = await jobWhen(connector_id, ({ status }) => status === "SUCCEEDED");
  expect(job).toMatchObject({
    exit_code: 0,
    batch_job_id: expect.any(String),
    log_stream_name: expect.any(String),
    started_at: expect.any(String),
    completed_at: expect.any(String),
  });
  const { body } = await call("GET", "/{connector_id}", { connector_id });
  expect(body.connector).toMatchObject({ status: "AVAILABLE", current_job_id: null });
});

test("a job whose container fails tells its exit code, and the connector can be deleted", async () => {
  const { connector_id } = await startJob("fails");
  const job = await jobWhen(connector_id, ({ status }) => status === "FAILED");
  expect(job).toMatchObject({ exit_code: 7, failure_reason: "The container exited with code 7" });
  expect((await call("DELETE", "/{connector_id}", { connector_id })).status).toBe(204);
});

test("a job whose image is not to be had says so", async () => {
  const { connector_id } = await startJob("no-such-image");
  const job = await jobWhen(connector_id, ({ status }) => status === "FAILED");
  expect(job.failure_reason).toMatch(/^The image could not be pulled \(CannotPullContainerError/);
});

test("a running container is stopped", async () => {
  const { connector_id, job_id } = await startJob("never-ends");
  await jobWhen(connector_id, (job) => job.started_at !== undefined);
  const stop = await call("POST", "/{connector_id}/jobs/{job_id}/stop", { connector_id, job_id });
  expect(stop).toEqual({ status: 202, body: {} });
  await jobWhen(connector_id, ({ status }) => status === "STOPPED");
  const { body } = await call("GET", "/{connector_id}", { connector_id });
  expect(body.connector.status).toBe("AVAILABLE");
});
