import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { isFinal } from "../../../handlers/connector-framework/model/job.ts";
import { tenantOf, usageKey } from "../../../handlers/connector-framework/model/keys.ts";
import { ApiError } from "../../../handlers/runtime/api/client.ts";
import {
  accountId,
  connectorFrameworkOutputs,
  containerProperties,
  eventually,
  region,
  type StageProcess,
  scriptedImage,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

/** `npm run soak` has more of them. */
const jobCount = Number(process.env.SOAK_JOBS ?? 20);
const connectorCount = 5;
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
/** Seconds for everything. A submission whose fate is unknown holds the stream up for a minute. */
const withinSeconds = 180 + 3 * jobCount;

/** What no log may tell. */
const planted = {
  variable: "planted-variable-3f9c",
  checkpoint: "planted-checkpoint-7a1e",
  document: "planted-document-c04d",
  checksum: "0123planted0checksum0123456789abcdef",
  secret: "planted-secret-55b2",
} as const;

const directory = temporaryDirectory();
const dataDirectory = join(directory.path, "data");
const endpointsFile = join(directory.path, "endpoints.json");
const images = [
  scriptedImage(directory.path, "well", ""),
  scriptedImage(directory.path, "badly", "process.exit(3);"),
  scriptedImage(directory.path, "long", "setInterval(() => {}, 1000);"),
] as const;
const [well, badly, long] = images;

let stage: StageProcess;
beforeAll(async () => {
  stage = await startStageProcess({
    dataDirectory,
    program: "__tests__/helpers/faulty-stage.ts",
    args: images.flatMap(({ args }) => args),
    environment: { ENDPOINTS: endpointsFile, FAULTS_PER_MILLE: "50", SEED: String(seed) },
  });
}, 120_000);
afterAll(async () => {
  await stage?.end("SIGTERM");
  directory.remove();
});

/** Asks again while the answer is the service's fault: what it asks for may have happened all the same. */
async function persistently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const passes = !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
      if (!passes || tries === 20) throw error;
      await sleep(100);
    }
  }
}

const described = z.object({ connector: z.object({ connector_id: z.string() }) });

/** A connector of an image, with a secret in its containers' environment. */
async function connectorOf({ uri: image }: { readonly uri: string }, secretArn: string): Promise<string> {
  const container_properties = {
    ...containerProperties(image),
    secrets: [{ name: "PLANTED_SECRET", value_from: secretArn }],
  };
  const created = await persistently(() =>
    stage.client.callUnchecked("CreateCustomConnector", { name: "soak", container_properties }),
  );
  return described.parse(created).connector.connector_id;
}

const heldBy = async (connector_id: string) =>
  (await stage.client.call("GetCustomConnector", { connector_id })).connector.current_job_id;

/** One job after the other, each with what must not be told, until so many have ended. */
async function runJobs(connector_id: string, count: number, isStopped: boolean): Promise<readonly string[]> {
  const { client } = stage;
  const jobIds: string[] = [];
  await persistently(() =>
    client.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: { at: planted.checkpoint } }),
  );
  const documents = [{ document_id: planted.document, checksum: planted.checksum }];
  await persistently(() => client.call("BatchPutCustomConnectorDocuments", { connector_id, documents }));
  const environment = [{ name: "PLANTED", value: planted.variable }];
  while (jobIds.length < count) {
    // One whose start was not answered well may have been started all the same: then it holds the connector.
    const job_id = await client
      .call("StartCustomConnectorJob", { connector_id, environment })
      .then(({ job }) => job.job_id)
      .catch(() => persistently(() => heldBy(connector_id)));
    if (job_id === null || jobIds.includes(job_id)) {
      await sleep(100);
      continue;
    }
    jobIds.push(job_id);
    if (isStopped) await persistently(() => client.call("StopCustomConnectorJob", { connector_id, job_id }));
    await eventually(
      () => persistently(() => client.call("GetCustomConnectorJob", { connector_id, job_id })),
      ({ job }) => isFinal(job.status),
      withinSeconds,
    );
  }
  return jobIds;
}

async function usageOf(endpoint: string): Promise<unknown> {
  const { table_connectors: TableName } = z
    .looseObject({ table_connectors: z.string() })
    .parse(await connectorFrameworkOutputs(stage.url));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  const { Item } = await client.send(new GetCommand({ TableName, Key: usageKey(tenantOf(region, accountId)) }));
  client.destroy();
  return Item;
}

const logFiles = () =>
  readdirSync(join(dataDirectory, "logs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test(
  `${jobCount} jobs while every twentieth call goes wrong: all end, nothing is held, counted or running any more, nothing is told`,
  async () => {
    const endpoints = z
      .object({ AWS_ENDPOINT_URL_DYNAMODB: z.string(), AWS_ENDPOINT_URL_SECRETS_MANAGER: z.string() })
      .parse(JSON.parse(readFileSync(endpointsFile, "utf8")));
    const secrets = new SecretsManagerClient({
      endpoint: endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER,
      region,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name: "soak", SecretString: planted.secret }));
    secrets.destroy();

    const kinds = Array.from({ length: connectorCount }, (_, index) => [well, badly, long][index % 3] ?? well);
    const connectors = await Promise.all(kinds.map((image) => connectorOf(image, ARN)));
    const share = Math.ceil(jobCount / connectorCount);
    const acknowledged = await Promise.all(connectors.map((id, index) => runJobs(id, share, kinds[index] === long)));

    for (const [index, connector_id] of connectors.entries()) {
      // Also the jobs whose start was not acknowledged.
      const { jobs } = await eventually(
        () => persistently(() => stage.client.call("ListCustomConnectorJobs", { connector_id, max_results: 100 })),
        ({ jobs }) => jobs.every(({ status }) => isFinal(status)),
        withinSeconds,
      );
      expect(jobs.map(({ job_id }) => job_id)).toEqual(expect.arrayContaining([...(acknowledged[index] ?? [])]));
      const expected = { [well.uri]: ["SUCCEEDED"], [badly.uri]: ["FAILED"], [long.uri]: ["STOPPED"] };
      const statuses = [...new Set(jobs.map(({ status }) => status))];
      if (kinds[index] !== long) expect(statuses).toEqual(expected[kinds[index]?.uri ?? ""]);
      const { connector } = await persistently(() => stage.client.call("GetCustomConnector", { connector_id }));
      expect(connector).toMatchObject({ status: "AVAILABLE", current_job_id: null });
    }
    // A registration that was not answered well, and was sent again, may have made two of them.
    const { connectors: all } = await persistently(() => stage.client.call("ListCustomConnectors", {}));
    expect(await usageOf(endpoints.AWS_ENDPOINT_URL_DYNAMODB)).toMatchObject({ connectors: all.length, jobs: 0 });

    const { stdout, stderr } = await stage.end("SIGTERM");
    expect(Number(stdout.match(/calls that went wrong: (\d+) of/)?.[1])).toBeGreaterThan(jobCount / 2);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(directory.path);
    const logs = logFiles();
    expect(logs.length).toBeGreaterThan(3);
    const told = [stdout, stderr, ...logs.map((file) => readFileSync(file, "utf8"))];
    expect(told.some((text) => text.includes(connectors[0] ?? "no connector"))).toBe(true);
    for (const secret of Object.values(planted)) expect(told.filter((text) => text.includes(secret))).toEqual([]);
  },
  withinSeconds * 2_000,
);
