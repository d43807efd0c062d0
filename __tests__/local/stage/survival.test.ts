import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  containerProperties,
  eventually,
  runStage,
  scriptedImage,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

/** A job that would run for ever, and can be found among the machine's processes by what it calls itself. */
const sleeper = (title: string) =>
  scriptedImage(
    directory.path,
    `image-${Buffer.from(title).toString("hex").slice(-8)}`,
    `process.title = "${title}"; setInterval(() => {}, 1000);`,
  );

const processes = (): { pid: number; command: string }[] =>
  execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => {
      const [, pid, command = ""] = line.match(/^\s*(\d+)\s+(.*)$/) ?? [];
      return { pid: Number(pid), command };
    });

const left = (...marks: string[]) => processes().filter(({ command }) => marks.some((mark) => command.includes(mark)));

test("killed in the middle of a job and started again: no connector is stuck, and the job's process is gone", async () => {
  const dataDirectory = join(directory.path, "killed");
  const image = sleeper("armature-job-killed");
  const first = await startStageProcess({ dataDirectory, args: image.args });
  const { connector } = await first.client.call("CreateCustomConnector", {
    name: "sleeper",
    container_properties: containerProperties(image.uri),
  });
  const { connector_id } = connector;
  await first.client.call("StartCustomConnectorJob", { connector_id });
  const running = () => first.client.call("ListCustomConnectorJobs", { connector_id });
  await eventually(running, ({ jobs: [job] }) => job?.started_at !== undefined);
  expect(left("armature-job-killed").length).toBeGreaterThan(0);
  await first.end("SIGKILL");

  const second = await startStageProcess({ dataDirectory, args: image.args });
  try {
    const get = () => second.client.call("GetCustomConnector", { connector_id });
    const { connector: released } = await eventually(get, ({ connector: now }) => now.status === "AVAILABLE");
    expect(released.current_job_id).toBeNull();
    const { jobs } = await second.client.call("ListCustomConnectorJobs", { connector_id });
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({ status: "FAILED", failure_reason: expect.any(String) });
    expect(left("armature-job-killed")).toEqual([]);
  } finally {
    await second.end("SIGTERM");
  }
}, 60_000);

test("Ctrl-C ends every process of the stage, and what was kept is there again after a restart", async () => {
  const dataDirectory = join(directory.path, "stopped");
  const image = sleeper("armature-job-stopped");
  const first = await startStageProcess({ dataDirectory, args: image.args });
  const { connector } = await first.client.call("CreateCustomConnector", {
    name: "kept",
    container_properties: containerProperties(image.uri),
  });
  await first.client.call("StartCustomConnectorJob", { connector_id: connector.connector_id });
  await eventually(
    async () => left("armature-job-stopped"),
    (found) => found.length > 0,
  );

  const since = Date.now();
  const { code } = await first.end("SIGINT");
  expect(code).toBe(0);
  expect(Date.now() - since).toBeLessThan(6000);
  expect(left("armature-job-stopped", dataDirectory)).toEqual([]);

  const second = await startStageProcess({ dataDirectory, args: image.args });
  const { connectors } = await second.client.call("ListCustomConnectors", {});
  expect(connectors.map(({ name }) => name)).toEqual(["kept"]);
  await second.end("SIGTERM");

  const third = await startStageProcess({ dataDirectory, args: [...image.args, "--fresh"] });
  expect((await third.client.call("ListCustomConnectors", {})).connectors).toEqual([]);
  await third.end("SIGTERM");
}, 60_000);

test("a port in use is one clear line and exit code 1, and the stage that has it is not disturbed", async () => {
  const stage = await startStageProcess({ dataDirectory: join(directory.path, "first") });
  const { port } = new URL(stage.url);
  const second = await runStage({ dataDirectory: join(directory.path, "second"), environment: { PORT: port } });
  expect(second.code).toBe(1);
  expect(second.stderr).toBe(
    `armature: port ${port} is in use: set PORT to another one, or to 0 for one that is free\n`,
  );
  expect((await fetch(stage.url)).status).toBe(200);
  await stage.end("SIGTERM");
}, 60_000);
