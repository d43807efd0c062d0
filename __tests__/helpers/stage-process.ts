import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { type ApiClient, createApiClient } from "../../handlers/runtime/api/client.ts";

export const project = join(__dirname, "../..");
const node = join(project, "node_modules/.bin/node");

export const region = "eu-central-1";
export const accountId = "000000000000";

/** A program that ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start` as a process of its own, whatever its stacks are. */
export interface AnyStageProcess {
  readonly url: string;
  readonly pid: number;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  /** Sends a signal to it and its children at once, as a terminal does, and waits for the end. Needs `ownGroup`. */
  endGroup(signal: NodeJS.Signals): Promise<Ended>;
}

/** `npm start` as a process of its own. */
export interface StageProcess extends AnyStageProcess {
  readonly client: ApiClient<typeof connectorFrameworkApi>;
}

export interface StageProcessOptions {
  readonly dataDirectory: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs it, relative to the project. @default local/main.ts, as `npm start` does */
  readonly program?: string;
  /** Whether it leads a process group of its own, as in a terminal. @default false */
  readonly ownGroup?: boolean;
}

function spawnStage({ dataDirectory, args = [], environment = {}, ...options }: StageProcessOptions) {
  const { program = "local/main.ts", ownGroup = false } = options;
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", program, "--data", dataDirectory, ...args], {
    cwd: project,
    env: { ...process.env, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: ownGroup,
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...said })));
  return { child, said, ended };
}

/** Runs `npm start` and waits for its end: for what must not start. */
export const runStage = (options: StageProcessOptions): Promise<Ended> => spawnStage(options).ended;

/** Starts a stage and waits until it says that it is ready. */
export async function startStageProcess(options: StageProcessOptions): Promise<StageProcess> {
  const stage = await startAnyStageProcess(options);
  const { api_url: endpoint } = await connectorFrameworkOutputs(stage.url);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { ...stage, client: createApiClient(connectorFrameworkApi, { endpoint, region, credentials, retries: 0 }) };
}

/** The same for stacks that need not be the project's own. */
export async function startAnyStageProcess(options: StageProcessOptions): Promise<AnyStageProcess> {
  const { child, said, ended } = spawnStage(options);
  const url = await Promise.race([
    readyUrl(child, said),
    ended.then(({ stdout, stderr }) => Promise.reject(new Error(`the stage did not start: ${stdout}${stderr}`))),
  ]);
  const pid = child.pid ?? -1;
  return {
    ...{ url, pid },
    end(signal) {
      child.kill(signal);
      return ended;
    },
    endGroup(signal) {
      process.kill(-pid, signal);
      return ended;
    },
  };
}

const outputs = z.object({ "connector-framework": z.looseObject({ api_url: z.string() }) });

/** The connector framework's outputs, as a running stage tells them. */
export const connectorFrameworkOutputs = async (url: string) =>
  outputs.parse(await (await fetch(`${url}/outputs.json`)).json())["connector-framework"];

const readyUrl = (child: ChildProcess, said: { stdout: string }) =>
  new Promise<string>((resolve) => {
    child.stdout?.on("data", () => {
      const ready = said.stdout.match(/Armature local stage ready: (\S+)/)?.[1];
      if (ready) resolve(ready);
    });
  });

/** A directory for one test, and a way to be rid of it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "armature-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** An image whose container runs a script: its URI, and the options that tell the stage so. */
export function scriptedImage(directory: string, name: string, script: string) {
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, script);
  const uri = `${accountId}.dkr.ecr.${region}.amazonaws.com/test/${name}:1`;
  return { uri, args: ["--image", `${uri}=node ${file}`] };
}

/** Container properties of a connector that runs an image. */
export const containerProperties = (image_uri: string) => ({
  image_uri,
  execution_role_arn: `arn:aws:iam::${accountId}:role/connectors/execution`,
  job_role_arn: `arn:aws:iam::${accountId}:role/connectors/job`,
});

/** Asks again until a condition holds; fails with the last answer when it does not within the time. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  withinSeconds = 20,
): Promise<T> {
  const deadline = Date.now() + withinSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still not so after ${withinSeconds} s: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
