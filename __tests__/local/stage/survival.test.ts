import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  containerProperties,
  eventually,
  runStage,
  type StageProcess,
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
  expect(Date.now() - since).toBeLessThan(5000);
  expect(left("armature-job-stopped", dataDirectory)).toEqual([]);

  const unused = join(dataDirectory, "functions", "0123456789abcdef");
  mkdirSync(unused);
  const second = await startStageProcess({ dataDirectory, args: image.args });
  expect(existsSync(unused)).toBe(false);
  const { connectors } = await second.client.call("ListCustomConnectors", {});
  expect(connectors.map(({ name }) => name).sort()).toEqual(["kept", "sample-connector"]);
  await second.end("SIGTERM");

  const third = await startStageProcess({ dataDirectory, args: [...image.args, "--fresh"] });
  const { connectors: anew } = await third.client.call("ListCustomConnectors", {});
  expect(anew.map(({ name }) => name)).toEqual(["sample-connector"]);
  await third.end("SIGTERM");
}, 60_000);

describe("beside a stage that runs, a start that cannot go on says why in one line and touches nothing", () => {
  const dataDirectory = join(directory.path, "first");
  let stage: StageProcess;
  beforeAll(async () => {
    stage = await startStageProcess({ dataDirectory });
    await stage.client.call("CreateCustomConnector", {
      name: "kept",
      container_properties: containerProperties(sleeper("armature-job-none").uri),
    });
  }, 60_000);
  afterAll(() => stage.end("SIGTERM"));

  /** The synthesized files, with when they were written. */
  const synthesized = () => {
    const folder = join(dataDirectory, "cdktf.out");
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
  };

  test("on the same data directory, though the port is another and --fresh is asked for", async () => {
    const before = synthesized();
    const { code, stdout, stderr } = await runStage({ dataDirectory, args: ["--fresh"] });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `armature: ${dataDirectory} is in use by the stage of process ${stage.pid}: ` +
        "stop that one first, or name another directory with --data\n",
    );
    expect(stdout).not.toContain("bundling");
    expect(synthesized()).toEqual(before);
    const { connectors } = await stage.client.call("ListCustomConnectors", {});
    expect(connectors.map(({ name }) => name).sort()).toEqual(["kept", "sample-connector"]);
  });

  test("on the same port, though --fresh is asked for: its own data is not emptied", async () => {
    const other = join(directory.path, "second");
    mkdirSync(join(other, "dynamodb"), { recursive: true });
    writeFileSync(join(other, "dynamodb", "precious"), "");
    const { port } = new URL(stage.url);
    const { code, stdout, stderr } = await runStage({
      dataDirectory: other,
      args: ["--fresh"],
      environment: { PORT: port },
    });
    expect(code).toBe(1);
    expect(stderr).toBe(`armature: port ${port} is in use: set PORT to another one, or to 0 for one that is free\n`);
    expect(stdout).not.toContain("bundling");
    expect(existsSync(join(other, "dynamodb", "precious"))).toBe(true);
    expect((await fetch(stage.url)).status).toBe(200);
  });
});
