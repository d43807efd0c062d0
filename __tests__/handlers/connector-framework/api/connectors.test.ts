import * as z from "zod";
import { operations } from "../../../../handlers/connector-framework/api/operations.ts";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { randomIds } from "../../../../handlers/connector-framework/model/ids.ts";
import { connectorStore } from "../../../../handlers/connector-framework/store/connectors.ts";
import { restHandler } from "../../../../handlers/runtime/api/rest-handler.ts";
import { createDocumentClient } from "../../../../handlers/runtime/aws-clients.ts";
import {
  type ConnectorFramework,
  quota,
  region,
  silent,
  startConnectorFramework,
  tokens,
  validConnector,
} from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { lambdaContext, restEvent } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const listed = z.object({
  connectors: z.array(z.object({ connector_id: z.string() })),
  next_token: z.string().nullable(),
});

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const unknownConnector = "cc-000000000000";

test("a created connector is AVAILABLE, has an id of 15 characters and an ARN of its tenant", async () => {
  const { status, body } = await framework.call("CreateCustomConnector", validConnector);
  expect(status).toBe(201);
  const { connector } = z.object({ connector: z.record(z.string(), z.unknown()) }).parse(body);
  expect(connector).toEqual({
    connector_id: expect.stringMatching(/^cc-[0-9a-f]{12}$/),
    arn: `arn:aws:ccf:eu-central-1:123456789012:custom-connector/${connector.connector_id}`,
    name: "web-crawler",
    description: "Crawls the web",
    status: "AVAILABLE",
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: connector.created_at,
  });
});

test("what is not said about a container gets its default, and a description that is not given is null", async () => {
  const { description: _, ...undescribed } = validConnector;
  const { body } = await framework.call("CreateCustomConnector", undescribed);
  const { connector } = z.object({ connector: z.object({ connector_id: z.string() }) }).parse(body);
  const answer = await framework.call("GetCustomConnector", connector);
  expect(answer.body).toMatchObject({
    connector: {
      description: null,
      current_job_id: null,
      container_properties: {
        ...validConnector.container_properties,
        resource_requirements: { cpu: 1, memory: 2048 },
        timeout: 3600,
        attempts: 1,
        capacity: "ON_DEMAND",
        cpu_architecture: "X86_64",
        secrets: [],
      },
    },
  });
});

test("a connector shows the job that holds it", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  const { body } = await framework.call("GetCustomConnector", { connector_id });
  expect(body).toMatchObject({ connector: { status: "IN_USE", current_job_id: job_id } });
});

test("pages of connectors hold what was asked, each connector once, and the last has no token", async () => {
  const account = "222222222222";
  const ids = [];
  for (let index = 0; index < 5; index++) ids.push(await framework.connector(account));
  await framework.call("PutCustomConnectorCheckpoint", { connector_id: ids[0], checkpoint_data: "x" }, account);
  const pages: string[][] = [];
  let next_token: string | null = null;
  do {
    const page = { max_results: 2, ...(next_token && { next_token }) };
    const { status, body } = await framework.call("ListCustomConnectors", page, account);
    expect(status).toBe(200);
    const parsed = listed.parse(body);
    pages.push(parsed.connectors.map(({ connector_id }) => connector_id));
    next_token = parsed.next_token;
  } while (next_token !== null);
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(pages.flat()).toEqual(ids.sort());
});

test("a page that ends the list exactly has no token", async () => {
  const account = "222222222223";
  await framework.connector(account);
  await framework.connector(account);
  const { body } = await framework.call("ListCustomConnectors", { max_results: 2 }, account);
  expect(listed.parse(body)).toMatchObject({ connectors: [{}, {}], next_token: null });
});

test("an update changes what it names and leaves the rest, down to cpu and memory", async () => {
  const connector_id = await framework.connector();
  const change = { container_properties: { resource_requirements: { memory: 4096 }, timeout: 120 } };
  const { status, body } = await framework.call("UpdateCustomConnector", { connector_id, ...change });
  expect(status).toBe(200);
  expect(body).toMatchObject({ connector: { name: "web-crawler", description: "Crawls the web" } });
  const after = await framework.call("GetCustomConnector", { connector_id });
  expect(after.body).toMatchObject({
    connector: {
      container_properties: {
        ...validConnector.container_properties,
        resource_requirements: { cpu: 1, memory: 4096 },
        timeout: 120,
      },
    },
  });
});

test("an empty update changes nothing but the time of the update", async () => {
  const connector_id = await framework.connector();
  const before = await framework.stores.connectors.get({ tenant, connectorId: connector_id });
  expect((await framework.call("UpdateCustomConnector", { connector_id })).status).toBe(200);
  const after = await framework.stores.connectors.get({ tenant, connectorId: connector_id });
  expect(after).toEqual({ ...before, version: 2, updated_at: after.updated_at });
  expect(after.updated_at > before.updated_at).toBe(true);
});

test("a null description clears it, one left out stays", async () => {
  const connector_id = await framework.connector();
  const renamed = await framework.call("UpdateCustomConnector", { connector_id, name: "renamed" });
  expect(renamed.body).toMatchObject({ connector: { name: "renamed", description: "Crawls the web" } });
  const cleared = await framework.call("UpdateCustomConnector", { connector_id, description: null });
  expect(cleared.body).toMatchObject({ connector: { name: "renamed", description: null } });
});

test("an update whose size does not fit the half that stays is refused by the field's name", async () => {
  const connector_id = await framework.connector();
  const change = { container_properties: { resource_requirements: { cpu: 4 } } };
  const { status, body } = await framework.call("UpdateCustomConnector", { connector_id, ...change });
  expect(status).toBe(400);
  expect(body).toEqual({
    errorType: "BadRequestException",
    message: expect.stringContaining("container_properties.resource_requirements.memory: with 4 vCPU must be 8192"),
  });
});

test("an update while a job runs leaves the connector to its job", async () => {
  const connector_id = await framework.connector();
  const job_id = await framework.job(connector_id);
  expect((await framework.call("UpdateCustomConnector", { connector_id, name: "renamed" })).status).toBe(200);
  const { body } = await framework.call("GetCustomConnector", { connector_id });
  expect(body).toMatchObject({ connector: { name: "renamed", status: "IN_USE", current_job_id: job_id } });
});

test("updates of different members at once all come through, since each starts over when another was faster", async () => {
  const connector_id = await framework.connector();
  const changes = [{ name: "renamed" }, { description: null }, { container_properties: { timeout: 61 } }];
  const answers = await Promise.all(
    changes.map((change) => framework.call("UpdateCustomConnector", { connector_id, ...change })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const connector = await framework.stores.connectors.get({ tenant, connectorId: connector_id });
  expect(connector).toMatchObject({ name: "renamed", version: 4, container_properties: { timeout: 61 } });
  expect(connector.description).toBeUndefined();
});

test("an update that others come before each time is a conflict that says so", async () => {
  const connector_id = await framework.connector();
  const client = createDocumentClient();
  let rivals = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      if ("UpdateExpression" in args.input) {
        const { status } = await framework.call("UpdateCustomConnector", { connector_id, name: `rival-${++rivals}` });
        expect(status).toBe(200);
      }
      return next(args);
    },
    { step: "initialize" },
  );
  const change = { name: "mine", description: undefined, container_properties: undefined };
  const update = connectorStore(client, { table: tables.connectors, tokens, quota }).update(
    { tenant, connectorId: connector_id },
    () => change,
    framework.clock(),
  );
  await expect(update).rejects.toMatchObject({
    code: "Conflict",
    message: expect.stringContaining("was modified by another process"),
  });
  expect(rivals).toBe(5);
  const { body } = await framework.call("GetCustomConnector", { connector_id });
  expect(body).toMatchObject({ connector: { name: "rival-5" } });
  client.destroy();
});

test("a deleted connector is gone with its checkpoint", async () => {
  const connector_id = await framework.connector();
  await framework.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: "x" });
  expect(await framework.call("DeleteCustomConnector", { connector_id })).toEqual({ status: 204, body: {} });
  expect((await framework.call("GetCustomConnector", { connector_id })).status).toBe(404);
  expect(await framework.stores.checkpoints.find({ tenant, connectorId: connector_id })).toBeUndefined();
  expect((await framework.call("DeleteCustomConnector", { connector_id })).status).toBe(404);
});

test("a connector that a job holds is not deleted", async () => {
  const connector_id = await framework.connector();
  await framework.job(connector_id);
  const { status, body } = await framework.call("DeleteCustomConnector", { connector_id });
  expect(status).toBe(409);
  expect(body).toEqual({ errorType: "ConflictException", message: `connector ${connector_id} is in use by a job` });
  expect((await framework.call("GetCustomConnector", { connector_id })).status).toBe(200);
});

test("another account sees none of it", async () => {
  const connector_id = await framework.connector();
  const stranger = "333333333333";
  expect((await framework.call("GetCustomConnector", { connector_id }, stranger)).status).toBe(404);
  expect((await framework.call("UpdateCustomConnector", { connector_id }, stranger)).status).toBe(404);
  expect((await framework.call("DeleteCustomConnector", { connector_id }, stranger)).status).toBe(404);
  const { body } = await framework.call("ListCustomConnectors", {}, stranger);
  expect(body).toEqual({ connectors: [], next_token: null });
});

test.each([unknownConnector, "cc-", "checkpoint#cc-000000000000", "../jobs", "cc-00000000000G"])(
  "%s is no connector",
  async (connector_id) => {
    for (const operation of ["GetCustomConnector", "UpdateCustomConnector", "DeleteCustomConnector"] as const) {
      const { status, body } = await framework.call(operation, { connector_id });
      expect(status).toBe(404);
      expect(body).toEqual({
        errorType: "ResourceNotFoundException",
        message: `connector ${connector_id} does not exist`,
      });
    }
  },
);

test("a checkpoint's key passed off as a connector's does not reach the checkpoint", async () => {
  const connector_id = await framework.connector();
  await framework.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: "x" });
  const disguised = `checkpoint#${connector_id}`;
  expect((await framework.call("GetCustomConnector", { connector_id: disguised })).status).toBe(404);
  expect((await framework.call("DeleteCustomConnector", { connector_id: disguised })).status).toBe(404);
  expect((await framework.call("GetCustomConnectorCheckpoint", { connector_id })).status).toBe(200);
});

test("a token of another account's list is refused", async () => {
  const [mine, other] = ["444444444444", "555555555555"];
  for (const account of [mine, mine, other, other]) await framework.connector(account);
  const { body } = await framework.call("ListCustomConnectors", { max_results: 1 }, mine);
  const { next_token } = listed.parse(body);
  const answer = await framework.call("ListCustomConnectors", { max_results: 1, next_token }, other);
  expect(answer).toEqual({
    status: 400,
    body: { errorType: "BadRequestException", message: "next_token: is not a token of this list" },
  });
});

test("a connector that names what the stage does not allow is refused, at its registration as at a change", async () => {
  const { stores, clock } = framework;
  const narrow = { roles: ["arn:aws:iam::123456789012:role/*"], images: ["123456789012.dkr.ecr.*/crawler:*"] };
  const handle = restHandler(
    connectorFrameworkApi,
    operations({ stores, allowed: narrow, clock, ids: randomIds, region }),
    silent,
  );
  const path = "/api/v1/custom-connectors";
  const stranger = { execution_role_arn: "arn:aws:iam::999999999999:role/execution" };
  const { container_properties } = validConnector;
  const create = await handle(
    restEvent({
      method: "POST",
      resource: path,
      body: { ...validConnector, container_properties: { ...container_properties, ...stranger } },
    }),
    lambdaContext,
  );
  const message = "container_properties.execution_role_arn: must match arn:aws:iam::123456789012:role/*";
  expect([create.statusCode, JSON.parse(create.body).message]).toEqual([400, message]);
  const connector_id = await framework.connector();
  const update = await handle(
    restEvent({
      method: "PUT",
      resource: `${path}/{connector_id}`,
      parameters: { connector_id },
      body: { container_properties: stranger },
    }),
    lambdaContext,
  );
  expect([update.statusCode, JSON.parse(update.body).message]).toEqual([400, message]);
  const { body } = await framework.call("GetCustomConnector", { connector_id });
  expect(body).toMatchObject({ connector: { container_properties } });
});

test("every option of a container comes back, and null takes back those that have no value of their own", async () => {
  const options = {
    attempts: 3,
    capacity: "SPOT",
    cpu_architecture: "ARM64",
    ephemeral_storage: 100,
    log_stream_prefix: "crawlers",
    secrets: [{ name: "TOKEN", value_from: "arn:aws:ssm:eu-central-1:123456789012:parameter/token" }],
  };
  const connector_id = await framework.connector();
  await framework.call("UpdateCustomConnector", { connector_id, container_properties: options });
  const { body } = await framework.call("GetCustomConnector", { connector_id });
  expect(body).toMatchObject({ connector: { container_properties: options } });
  const back = { ephemeral_storage: null, log_stream_prefix: null, secrets: [] };
  await framework.call("UpdateCustomConnector", { connector_id, container_properties: back });
  const { container_properties } = await framework.stores.connectors.get({ tenant, connectorId: connector_id });
  expect(container_properties).toMatchObject({ attempts: 3, capacity: "SPOT", secrets: [] });
  expect(Object.keys(container_properties)).not.toEqual(expect.arrayContaining(["ephemeral_storage"]));
  expect(Object.keys(container_properties)).not.toEqual(expect.arrayContaining(["log_stream_prefix"]));
});
