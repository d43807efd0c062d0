/**
 * The sample connector at work, step by step: registered, run three times over a copy of `docs/`, and removed.
 *
 *     npm run demo
 *
 * Uses the stage at STAGE_URL (default http://127.0.0.1:4500) when one runs there, and else one of its own.
 */
import { spawn } from "node:child_process";
import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Connection, connectToLocalStage } from "./client.ts";

const project = join(import.meta.dirname, "../../..");
const step = (text: string) => console.log(`\n▸ ${text}`);
const tell = (text: string) => console.log(`  ${text}`);

/** Milliseconds a job may take here before the demonstration gives up. */
const jobWithin = 60_000;

const folder = await mkdtemp(join(tmpdir(), "armature-demo-"));
let stopStage = async () => {};
try {
  const stage = await findStage();
  stopStage = stage.stop;
  await demonstrate(stage.connection, stage.url);
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopStage();
  await rm(folder, { recursive: true, force: true });
}

async function demonstrate({ client, accountId, region }: Connection, url: string): Promise<void> {
  const source = join(folder, "docs");
  await cp(join(project, "docs"), source, { recursive: true });

  step("Register the sample connector");
  const role = (name: string) => `arn:aws:iam::${accountId}:role/connectors/${name}`;
  const { connector } = await client.call("CreateCustomConnector", {
    name: "sample-connector",
    description: "Keeps a copy of a folder up to date",
    container_properties: {
      image_uri: `${accountId}.dkr.ecr.${region}.amazonaws.com/armature/sample-connector:latest`,
      execution_role_arn: role("sample-execution"),
      job_role_arn: role("sample-job"),
      timeout: 300,
    },
  });
  const { connector_id } = connector;
  tell(`${connector_id} is ${connector.status}`);

  const run = async () => {
    const environment = [
      { name: "SOURCE_FOLDER", value: source },
      { name: "TARGET_FOLDER", value: join(folder, "target") },
    ];
    const { job } = await client.call("StartCustomConnectorJob", { connector_id, environment });
    await watch(job.job_id);
    const { checkpoint } = await client.call("GetCustomConnectorCheckpoint", { connector_id });
    tell(`checkpoint: ${JSON.stringify(checkpoint.checkpoint_data)}`);
  };
  const watch = async (jobId: string) => {
    const deadline = Date.now() + jobWithin;
    for (let seen = ""; ; await wait(100)) {
      const { jobs } = await client.call("ListCustomConnectorJobs", { connector_id });
      const job = jobs.find(({ job_id }) => job_id === jobId);
      if (job && job.status !== seen) tell(`${jobId} is ${job.status}`);
      seen = job?.status ?? seen;
      if (job?.completed_at) {
        tell(`log: ${url}/job-logs/${job.log_stream_name}`);
        if (job.status === "SUCCEEDED") return;
        throw new Error(`the job ended as ${job.status}: ${job.failure_reason ?? "no reason given"}`);
      }
      if (Date.now() > deadline) throw new Error(`the job is still ${seen || "unknown"}`);
    }
  };

  step("First run: everything is new");
  await run();

  step("Documents the connector has recorded");
  const { documents } = await client.call("ListCustomConnectorDocuments", { connector_id });
  for (const { document_id, checksum } of documents) tell(`${checksum.slice(0, 12)}…  ${document_id}`);

  step("Second run: nothing has changed, so nothing is uploaded");
  await run();

  const [first] = documents;
  if (!first) throw new Error("the first run recorded no document");
  step(`Third run: ${first.document_id} was edited`);
  await appendFile(join(source, first.document_id), "\nOne line more.\n");
  await run();

  step("Remove the connector");
  await client.call("BatchDeleteCustomConnectorDocuments", {
    connector_id,
    document_ids: documents.map(({ document_id }) => document_id),
  });
  await client.call("DeleteCustomConnector", { connector_id });
  tell("done");
}

async function findStage(): Promise<{ url: string; connection: Connection; stop(): Promise<void> }> {
  const url = process.env.STAGE_URL ?? "http://127.0.0.1:4500";
  const running = await connectToLocalStage(url).catch(() => undefined);
  if (running) return { url, connection: running, stop: async () => {} };

  step("Start a stage");
  const stage = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "local/main.ts", "--data", join(folder, "stage")],
    { cwd: project, env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => stage.once("close", () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    stage.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const ready = said.match(/ready: (\S+)/)?.[1];
      if (ready) resolve(ready);
    });
    stage.once("close", (code) => reject(new Error(`the stage ended with exit code ${code}`)));
  });
  tell(address);
  const stop = async () => {
    stage.kill("SIGTERM");
    await ended;
  };
  return { url: address, connection: await connectToLocalStage(address), stop };
}
