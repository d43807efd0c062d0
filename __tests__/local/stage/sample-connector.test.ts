import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  accountId,
  containerProperties,
  eventually,
  region,
  type StageProcess,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

const directory = temporaryDirectory();
const source = join(directory.path, "source");
const target = join(directory.path, "target");
let stage: StageProcess;

beforeAll(async () => {
  mkdirSync(join(source, "deeper"), { recursive: true });
  writeFileSync(join(source, "a.md"), "first");
  writeFileSync(join(source, "deeper", "b c.md"), "second");
  stage = await startStageProcess({ dataDirectory: join(directory.path, "data") });
});

afterAll(async () => {
  await stage.end("SIGTERM");
  directory.remove();
});

async function runToTheEnd(connector_id: string) {
  const environment = [
    { name: "SOURCE_FOLDER", value: source },
    { name: "TARGET_FOLDER", value: target },
  ];
  const { job } = await stage.client.call("StartCustomConnectorJob", { connector_id, environment });
  const find = async () => {
    const { jobs } = await stage.client.call("ListCustomConnectorJobs", { connector_id });
    return jobs.find(({ job_id }) => job_id === job.job_id);
  };
  const ended = await eventually(find, (found) => found?.completed_at !== undefined);
  const { checkpoint } = await stage.client.call("GetCustomConnectorCheckpoint", { connector_id });
  return { job: ended, checkpoint: checkpoint.checkpoint_data };
}

test("the sample connector syncs a folder: all at first, then nothing, then what was edited, then what has gone", async () => {
  const { client } = stage;
  const { connector } = await client.call("CreateCustomConnector", {
    name: "sample",
    container_properties: containerProperties(
      `${accountId}.dkr.ecr.${region}.amazonaws.com/armature/sample-connector:latest`,
    ),
  });
  const { connector_id } = connector;
  const recorded = async () =>
    (await client.call("ListCustomConnectorDocuments", { connector_id })).documents.map((one) => one.document_id);

  const first = await runToTheEnd(connector_id);
  expect(first.job).toMatchObject({ status: "SUCCEEDED", exit_code: 0 });
  expect(first.checkpoint).toMatchObject({ uploaded: 2, removed: 0, unchanged: 0, failed: 0 });
  expect(await recorded()).toEqual(["a.md", "deeper/b c.md"]);
  expect(readFileSync(join(target, "deeper", "b c.md"), "utf8")).toBe("second");

  expect((await runToTheEnd(connector_id)).checkpoint).toMatchObject({ uploaded: 0, unchanged: 2 });

  appendFileSync(join(source, "a.md"), ", edited");
  expect((await runToTheEnd(connector_id)).checkpoint).toMatchObject({ uploaded: 1, unchanged: 1 });
  expect(readFileSync(join(target, "a.md"), "utf8")).toBe("first, edited");

  rmSync(join(source, "a.md"));
  const last = await runToTheEnd(connector_id);
  expect(last.checkpoint).toMatchObject({ uploaded: 0, removed: 1, unchanged: 1 });
  expect(await recorded()).toEqual(["deeper/b c.md"]);

  const log = await (await fetch(`${stage.url}/job-logs/${last.job?.log_stream_name}`)).text();
  const lines = log.match(/\{.*\}/g) ?? [];
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ message: "removed", document_id: "a.md", connector_id, account_id: accountId }),
  );
  const { connector: released } = await client.call("GetCustomConnector", { connector_id });
  expect(released.status).toBe("AVAILABLE");
});

test("a folder that is not there fails the job, with its exit code and a log that says why", async () => {
  const { client } = stage;
  const { connector } = await client.call("CreateCustomConnector", {
    name: "sample-without-source",
    container_properties: containerProperties(
      `${accountId}.dkr.ecr.${region}.amazonaws.com/armature/sample-connector:latest`,
    ),
  });
  const { connector_id } = connector;
  await client.call("StartCustomConnectorJob", {
    connector_id,
    environment: [{ name: "SOURCE_FOLDER", value: join(directory.path, "nowhere") }],
  });
  const list = () => client.call("ListCustomConnectorJobs", { connector_id });
  const { jobs } = await eventually(list, ({ jobs: [job] }) => job?.completed_at !== undefined);
  expect(jobs[0]).toMatchObject({ status: "FAILED", exit_code: 1, failure_reason: expect.stringContaining("1") });
  const log = await (await fetch(`${stage.url}/job-logs/${jobs[0]?.log_stream_name}`)).text();
  expect(log).toContain("ENOENT");
});
