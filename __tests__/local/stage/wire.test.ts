import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { createApiClient } from "../../../handlers/runtime/api/client.ts";
import {
  connectorFrameworkOutputs,
  containerProperties,
  eventually,
  region,
  type StageProcess,
  scriptedImage,
  startStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";

const directory = temporaryDirectory();
const sleeper = scriptedImage(directory.path, "sleeper", "setInterval(() => {}, 1000);");
let stage: StageProcess;
let apiUrl: string;

beforeAll(async () => {
  stage = await startStageProcess({ dataDirectory: join(directory.path, "data"), args: sleeper.args });
  apiUrl = (await connectorFrameworkOutputs(stage.url)).api_url;
});

afterAll(async () => {
  await stage.end("SIGTERM");
  directory.remove();
});

const stackFile = z.looseObject({ output: z.record(z.string(), z.unknown()) });

const connectors = () => `${apiUrl}/api/v1/custom-connectors`;

test("the outputs are those of the stack, on the page and as JSON", async () => {
  const file = join(directory.path, "data/cdktf.out/stacks/local-connector-framework/cdk.tf.json");
  const { output } = stackFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const outputs = await connectorFrameworkOutputs(stage.url);
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(output).sort());
  expect(outputs).toMatchObject({
    api_url: `${stage.url}/connector-framework-rest-api/prod`,
    table_jobs: "armature-local-connector-framework-jobs",
  });
  const page = await (await fetch(stage.url)).text();
  expect(page).toContain(apiUrl);
});

describe("what the gateway answers by itself has the framework's error shape", () => {
  test("an unsigned call", async () => {
    const response = await fetch(connectors());
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(await response.json()).toEqual({
      message: "Missing Authentication Token",
      errorType: "UnauthorizedException",
    });
  });

  test("a call signed with a wrong secret", async () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "guessed" };
    const client = createApiClient(connectorFrameworkApi, { endpoint: apiUrl, region, credentials, retries: 0 });
    await expect(client.call("ListCustomConnectors", {})).rejects.toMatchObject({
      status: 403,
      errorType: "UnauthorizedException",
      message: expect.stringContaining("The request signature we calculated does not match"),
    });
  });

  test("a call signed for another region", async () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const options = { endpoint: apiUrl, region: "us-east-1", credentials, retries: 0 };
    const client = createApiClient(connectorFrameworkApi, options);
    await expect(client.call("ListCustomConnectors", {})).rejects.toMatchObject({ status: 403 });
  });

  test("a body without what is required", async () => {
    await expect(stage.client.callUnchecked("CreateCustomConnector", { name: "abc" })).rejects.toMatchObject({
      status: 400,
      errorType: "BadRequestException",
      message: expect.stringContaining(
        'Invalid request body: [object has missing required properties (["container_properties"])]',
      ),
    });
  });
});

test("a wrong value passes the gateway and comes back with its field and rule", async () => {
  const input = { name: "ab", container_properties: containerProperties(sleeper.uri) };
  await expect(stage.client.callUnchecked("CreateCustomConnector", input)).rejects.toMatchObject({
    status: 400,
    errorType: "BadRequestException",
    message: expect.stringMatching(/^400 BadRequestException: name: /),
  });
});

test("of simultaneous starts one is a job, the others are conflicts; stopping it ends its process and frees the connector", async () => {
  const { client } = stage;
  const { connector } = await client.call("CreateCustomConnector", {
    name: "contended",
    container_properties: containerProperties(sleeper.uri),
  });
  const { connector_id } = connector;
  for (let round = 0; round < 3; round++) {
    const starts = await Promise.allSettled(
      Array.from({ length: 4 }, () => client.call("StartCustomConnectorJob", { connector_id })),
    );
    const [started, ...more] = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value.job] : []));
    const refused = starts.flatMap((start) => (start.status === "rejected" ? [start.reason.status] : []));
    expect(more).toEqual([]);
    expect(refused).toEqual([409, 409, 409]);

    const job_id = started?.job_id ?? "";
    await client.call("StopCustomConnectorJob", { connector_id, job_id });
    const list = () => client.call("ListCustomConnectorJobs", { connector_id });
    const { jobs } = await eventually(list, ({ jobs: [job] }) => job?.completed_at !== undefined);
    expect(jobs[0]).toMatchObject({ job_id, status: "STOPPED" });
    await expect(client.call("StopCustomConnectorJob", { connector_id, job_id })).rejects.toMatchObject({
      status: 409,
    });
  }
}, 60_000);
