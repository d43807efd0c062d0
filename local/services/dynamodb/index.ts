import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { type Authority, onlyDeveloper } from "../../iam/authority.ts";
import { type ParentMessage, type ServerConfig, STOP, serverMessage } from "./messages.ts";

export interface DynamoDbOptions {
  /** Where the tables are kept; made if it does not exist. One process at a time can use it. */
  readonly dataDirectory: string;
  readonly region: string;
  /** Twelve digits; part of every ARN. */
  readonly accountId: string;
  /** Knows who asks, and what they may do. @default the developer, everything */
  readonly authority?: Authority;
  /** @default 0: a free one */
  readonly port?: number;
  /** Seconds between two searches for expired items and for stream records older than 24 hours. @default 3 */
  readonly sweepIntervalSeconds?: number;
  /** Receives what the server process has to say, line by line. @default nothing is said */
  readonly log?: (line: string) => void;
}

export interface DynamoDb {
  /** `http://127.0.0.1:<port>`, for DynamoDB and for DynamoDB Streams; the same after a restart of the server process. */
  readonly endpoint: string;
  /** The server process that is running now. */
  readonly processId: number | undefined;
  /** Resolves when the server process is gone and its data closed. */
  stop(): Promise<void>;
  /** Ends the server process at once, which loses nothing that was acknowledged. */
  kill(): void;
}

/** A stop takes at most this long; after it the process is killed, which loses nothing that was acknowledged. */
const STOP_MS = 4_000;

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 5_000;

/** A server process that ran this long was well: the next restart is prompt again. */
const WELL_AFTER_MS = 10_000;

/**
 * Starts DynamoDB and DynamoDB Streams in a process of their own and waits until they answer. If the process ends by
 * itself it is started again on the same port, with its data.
 * @throws Error when the first start fails: the data directory is in use by another process or is damaged (it is then
 * left as it is), or the port is taken.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { dataDirectory, region, accountId, authority = onlyDeveloper, port = 0, sweepIntervalSeconds = 3 } = options;
  const { log = () => undefined } = options;
  const { keySecret } = authority;
  const config = { dataDirectory, region, accountId, keySecret, sweepIntervalSeconds };
  let server = await startServer({ ...config, port }, authority, log);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const stopping = new AbortController();

  const supervise = async () => {
    for (let failures = 0; ; failures += 1) {
      const startedAt = Date.now();
      const ending = await server.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt > WELL_AFTER_MS) failures = 0;
      log(`DynamoDB ended by itself (${ending}); it is started again`);
      const restarted = await restart(failures);
      if (!restarted) return;
      server = restarted;
      if (stopping.signal.aborted) return stopServer(server, log); // stop() has seen only the one before
      log(`DynamoDB answers again at ${endpoint}`);
    }
  };

  const restart = async (failures: number): Promise<Server | undefined> => {
    for (let attempt = failures; !stopping.signal.aborted; attempt += 1) {
      await delay(Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS), undefined, {
        signal: stopping.signal,
      }).catch(() => undefined); // stopped while waiting: the loop ends
      if (stopping.signal.aborted) return undefined;
      try {
        return await startServer({ ...config, port: server.port }, authority, log);
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
      }
    }
    return undefined;
  };

  const supervision = supervise();
  return {
    endpoint,
    get processId() {
      return server.process.pid;
    },
    async stop() {
      stopping.abort();
      await stopServer(server, log);
      await supervision;
    },
    kill() {
      stopping.abort();
      server.process.kill("SIGKILL");
    },
  };
}

interface Server {
  readonly process: ChildProcess;
  readonly port: number;
  /** Resolves when the process is gone, with its exit code or signal in words. */
  readonly ended: Promise<string>;
}

async function startServer(config: ServerConfig, authority: Authority, log: (line: string) => void): Promise<Server> {
  const child = fork(join(import.meta.dirname, "server.ts"), [JSON.stringify(config)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output }).on("line", (line) => log(`DynamoDB: ${line}`));
  }
  answerQuestions(child, authority);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (error) => resolve(error.message));
  });
  const answer = new Promise<number>((resolve, reject) => {
    child.once("message", (received) => {
      const { data: message, error } = serverMessage.safeParse(received);
      if (message?.type === "ready") resolve(message.port);
      else if (message?.type === "failed") reject(new Error(message.message));
      else reject(error ?? new Error("DynamoDB asked something before it answered"));
    });
    void ended.then((ending) => reject(new Error(`DynamoDB ended before it answered (${ending})`)));
  });
  try {
    return { process: child, port: await answer, ended };
  } catch (error) {
    await ended;
    throw error;
  }
}

/** Tells the server process what the policies say, whenever it asks. */
function answerQuestions(child: ChildProcess, authority: Authority): void {
  child.on("message", (received) => {
    const { data: message } = serverMessage.safeParse(received);
    if (message?.type !== "decide") return;
    const { id, principal, access } = message;
    void authority.decide(principal, access).then((decision) => {
      const answer: ParentMessage = { type: "decided", id, decision };
      if (child.connected) child.send(answer, () => undefined); // gone meanwhile: so is whoever asked
    });
  });
}

async function stopServer({ process: child, ended }: Server, log: (line: string) => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.connected) child.send(STOP, () => undefined); // fails if the process is ending, which is what is wanted
  const kill = setTimeout(() => {
    log(`DynamoDB did not end within ${STOP_MS} ms and gets SIGKILL`);
    child.kill("SIGKILL");
  }, STOP_MS);
  await ended;
  clearTimeout(kill);
}
