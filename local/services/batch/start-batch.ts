import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { type Authority, onlyDeveloper } from "../../iam/authority.ts";
import { arnsOf } from "./arn.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { SecretLookup } from "./container-secrets.ts";
import { logFileOf } from "./container-start.ts";
import { type ImageLookup, type LocalCommand, lookupIn } from "./image.ts";
import type { BatchStateChangeEvent } from "./model.ts";
import { routes } from "./routes.ts";
import { startRunner } from "./runner.ts";
import { openStores } from "./stores.ts";
import type { TaskRoles } from "./task-roles.ts";

export interface BatchOptions {
  /** Where definitions, queues, jobs and logs live; one server at a time. */
  readonly dataDirectory: string;
  readonly region: string;
  readonly accountId: string;
  /** Knows who asks, and what they may do. @default the developer, everything */
  readonly authority?: Authority;
  /** @default any free port */
  readonly port?: number;
  /** Local commands by image URI: exact, else by the URI without tag and digest. Or a lookup of one's own. */
  readonly images: ReadonlyMap<string, LocalCommand> | ImageLookup;
  /** Reads the secrets of containers. @default there are none to be had */
  readonly secrets?: SecretLookup;
  /** What ECS would give every container: credentials, AWS endpoints, region. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** The credentials of jobs' roles, in place of those. @default there are no such roles */
  readonly taskRoles?: TaskRoles;
  /** Hands an event to EventBridge: resolves when it is taken durably; rejects, or is cut off, and is called again. */
  publish(event: BatchStateChangeEvent): Promise<void>;
  /** @default the system's */
  readonly clock?: Clock;
  /** Whether jobs wait, RUNNABLE, until `begin` is called: what they call may not be there yet. @default false */
  readonly held?: boolean;
  /** Seconds from SIGTERM to SIGKILL. @default 30, as ECS stops a task */
  readonly killAfterSeconds?: number;
  /** Told what goes wrong outside any request. @default to stderr */
  readonly log?: (message: string) => void;
}

export interface Batch {
  /** For the SDK: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** The file behind a log stream named in DescribeJobs: lines of stdout and stderr, each behind its time. */
  logFile(logStreamName: string): string | undefined;
  /** Lets jobs start that were held: new ones, those an earlier host left waiting, and retries of those it lost. */
  begin(): void;
  /** Starts no job any more and ends every job process, within about 2 seconds. The API is served on. */
  endJobs(): Promise<void>;
  /** Ends the server and every job process: resolves within about 2 seconds, when both are gone. */
  stop(): Promise<void>;
}

/**
 * Runs AWS Batch for the local stage: the calls Armature makes, for Fargate jobs, each run as a local process. The
 * process gets the job's environment and command, its timeout, retries and signals; it does not get an image, a file
 * system, a network or a user of its own, and neither memory nor CPU is limited. Rejects when the data on disk is
 * corrupt or the port is taken.
 */
export async function startBatch(options: BatchOptions): Promise<Batch> {
  const { dataDirectory, region, accountId, images, clock = systemClock } = options;
  const log = options.log ?? ((message: string) => console.error(`Batch: ${message}`));
  const arns = arnsOf(region, accountId);
  const stores = openStores(dataDirectory);
  const logDirectory = join(dataDirectory, "logs");
  mkdirSync(logDirectory, { recursive: true });
  const runner = await startRunner({
    ...{ region, accountId, arns, stores, logDirectory, clock, log },
    secrets: options.secrets ?? noSecrets,
    image: typeof images === "function" ? images : lookupIn(images),
    baseEnvironment: options.baseEnvironment,
    taskRoles: options.taskRoles ?? (() => undefined),
    publish: (event) => options.publish(event),
    killAfterSeconds: options.killAfterSeconds ?? 30,
    held: options.held ?? false,
  });
  const { authority = onlyDeveloper, port = 0 } = options;
  const { fetch } = routes({ arns, stores, runner, clock }, { region, authority }, log);
  const server = await listen(fetch, port).catch(async (error: unknown) => {
    await runner.stop();
    throw error;
  });

  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    logFile(logStreamName) {
      const attempts = stores.jobs.all().flatMap(({ detail }) => [detail, ...detail.attempts]);
      if (!attempts.some(({ container }) => container.logStreamName === logStreamName)) return undefined;
      const file = logFileOf(logDirectory, logStreamName.split("/").at(-1) ?? "");
      return existsSync(file) ? file : undefined;
    },
    begin: runner.begin,
    endJobs: runner.stop,
    async stop() {
      await server.close();
      await runner.stop();
    },
  };
}

const noSecrets: SecretLookup = async (valueFrom) => {
  throw new Error(`there is nowhere to read ${valueFrom} from`);
};

type Fetch = Parameters<typeof serve>[0]["fetch"];

function listen(fetch: Fetch, port: number): Promise<{ port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, (address) => {
      const close = () =>
        new Promise<void>((closed, failed) => {
          server.close((error) => (error ? failed(error) : closed()));
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      resolve({ port: address.port, close });
    });
    server.once("error", reject);
  });
}
