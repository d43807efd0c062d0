import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { containerVariables } from "../../../../handlers/connector-framework/contract/container-environment.ts";
import { connectorState } from "../../../../handlers/connector-framework/kit/connector-state.ts";
import { uncertain } from "../../../../handlers/connector-framework/kit/delivery.ts";
import { region } from "../../../helpers/connector-framework.ts";
import { type ConnectorFrameworkServer, serveConnectorFramework } from "../../../helpers/connector-framework-server.ts";
import { project, temporaryDirectory } from "../../../helpers/stage-process.ts";

const directory = temporaryDirectory();
let framework: ConnectorFrameworkServer;
beforeAll(async () => {
  framework = await serveConnectorFramework();
});
afterAll(async () => {
  await framework.stop();
  directory.remove();
});

const logLine = z.looseObject({ level: z.string(), message: z.string() });

/** The test connector as the process of a container. */
async function container(mode: string, variables: Readonly<Record<string, string>> = {}) {
  const connectorId = await framework.connector();
  const target = join(directory.path, connectorId);
  const start = () => {
    const child = spawn(
      join(project, "node_modules/.bin/node"),
      ["--disable-warning=ExperimentalWarning", join(__dirname, "fixtures/connector.ts")],
      {
        env: {
          ...process.env,
          [containerVariables.apiEndpoint]: framework.endpoint,
          [containerVariables.connectorId]: connectorId,
          [containerVariables.jobId]: "ccj-0123456789ab",
          [containerVariables.arnPrefix]: `arn:aws:ccf:${region}:123456789012`,
          [containerVariables.region]: region,
          MODE: mode,
          TARGET: target,
          ...variables,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
    const says = (text: string) =>
      new Promise<void>((resolve) => {
        child.stdout.on("data", () => said.stdout.includes(text) && resolve());
      });
    const lines = () => {
      const written = `${said.stdout}${said.stderr}`.split("\n").filter((line) => line !== "");
      return written.map((line) => logLine.parse(JSON.parse(line)));
    };
    return { child, ended, says, lines, said };
  };
  return { start, target, state: connectorState(framework.apiClient, connectorId), connectorId };
}

test("a run that goes well ends with 0, and logs JSON that names connector, job and account, and no contents", async () => {
  const { start, connectorId, target, state } = await container("good");
  const { ended, lines, said } = start();
  expect(await ended).toBe(0);
  expect(lines().map(({ message }) => message)).toEqual(["uploaded", "synced"]);
  for (const line of lines())
    expect(line).toMatchObject({
      level: "INFO",
      service: "test-connector",
      connector_id: connectorId,
      job_id: "ccj-0123456789ab",
      account_id: "123456789012",
    });
  expect(lines()[1]).toMatchObject({ uploaded: 1, removed: 0, unchanged: 0, failed: 0, stopped: false });
  expect(`${said.stdout}${said.stderr}`).not.toContain("the secret contents");
  expect(readdirSync(target)).toEqual(["a.txt"]);
  expect(await state.checkpoint()).toEqual({ runs: 1 });
});

test("the job's environment says how much is logged", async () => {
  const { start } = await container("failing", { LOG_LEVEL: "WARN" });
  const { ended, lines } = start();
  expect(await ended).toBe(1);
  expect(lines().map(({ level }) => level)).toEqual(["WARN"]);
});

test("the checkpoint of the run before is told; one of another shape counts as none", async () => {
  const { start, state } = await container("good");
  await state.saveCheckpoint({ runs: 7 });
  expect(await start().ended).toBe(0);
  expect(await state.checkpoint()).toEqual({ runs: 8 });
  await state.saveCheckpoint("of an earlier version");
  const { ended, lines } = start();
  expect(await ended).toBe(0);
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: "WARN", message: "the checkpoint is none of this connector's: begins anew" }),
  );
  expect(await state.checkpoint()).toEqual({ runs: 1 });
});

test("a document that failed makes it end with 1, and is named with the reason", async () => {
  const { start, state } = await container("failing");
  const { ended, lines } = start();
  expect(await ended).toBe(1);
  expect(lines()).toContainEqual(
    expect.objectContaining({
      level: "WARN",
      message: "failed",
      document_id: "../outside.txt",
      reason: "its id leads out of the folder",
    }),
  );
  expect((await state.checksums()).get("../outside.txt")).toBe(uncertain);
  expect(existsSync(join(directory.path, "outside.txt"))).toBe(false);
});

test("a run that fails ends with 1 and says why", async () => {
  const { start, state } = await container("broken");
  const { ended, lines } = start();
  expect(await ended).toBe(1);
  expect(lines().at(-1)).toMatchObject({
    level: "ERROR",
    message: "failed",
    error: { message: "the source is gone" },
  });
  expect([...(await state.checksums()).keys()]).toEqual(["a.txt"]);
  expect(await state.checkpoint()).toBeUndefined();
});

test("a variable that is missing is named, and none is shown", async () => {
  const { start } = await container("good", { MODE: "secret mode" });
  const { ended, lines, said } = start();
  expect(await ended).toBe(1);
  expect(lines().at(-1)?.error).toMatchObject({ message: expect.stringContaining("environment: MODE: ") });
  expect(said.stdout + said.stderr).not.toContain("secret mode");
});

describe("asked to stop", () => {
  test("it ends with 143; what the target has is recorded, and nothing else", async () => {
    const { start, target, state } = await container("endless");
    const { child, ended, says, lines } = start();
    await says("b3.txt");
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect([...(await state.checksums()).keys()].sort()).toEqual(readdirSync(target).sort());
    expect(lines().at(-1)).toMatchObject({ message: "stopped", stopped: true });
    expect(await state.checkpoint()).toEqual({ runs: 1 });
  });

  test("it ends even while its source waits for something", async () => {
    const { start, state } = await container("hanging");
    const { child, ended, says } = start();
    await says("waits");
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect([...(await state.checksums()).keys()]).toEqual(["a.txt"]);
  });
});
