import * as z from "zod";
import { registrarHandler } from "../../../../handlers/connector-framework/registrar/handler.ts";
import type { Registration } from "../../../../handlers/connector-framework/registrar/registration.ts";
import { deletionStore } from "../../../../handlers/connector-framework/store/deletions.ts";
import {
  allowed,
  type ConnectorFramework,
  type OperationName,
  region,
  silent,
  startConnectorFramework,
  validConnector,
} from "../../../helpers/connector-framework.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { lambdaContext } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const accountId = "123456789012";
const tenant = `arn:aws:ccf:${region}:${accountId}`;
let ids = 0;
const newId = () => `cc-${String(++ids).padStart(12, "0")}`;

const wanted = (changes: Partial<Registration> = {}): Registration => ({
  connector_id: newId(),
  connector: validConnector,
  ...changes,
});
const schedule = { schedule_expression: "rate(1 hour)" };

/** The function, in an invocation that lasts so long; whatever it sleeps through happens in `meanwhile`. */
function invocation({
  lasts = 900_000,
  meanwhile = async () => {},
  rules = allowed,
}: {
  lasts?: number;
  meanwhile?: () => Promise<void>;
  rules?: typeof allowed;
} = {}) {
  let left = lasts;
  const handler = registrarHandler({
    api: { stores: framework.stores, allowed: rules, clock: framework.clock, region },
    deletions: deletionStore(framework.client, tables.connectors),
    logger: silent,
    async sleep(milliseconds) {
      left -= milliseconds;
      await meanwhile();
    },
  });
  return (registration: unknown, action: string, prev_input: Registration | null = null) =>
    handler(
      { ...Object(registration), tf: { action, prev_input } },
      { ...lambdaContext, getRemainingTimeInMillis: () => left },
    );
}
const invoke: ReturnType<typeof invocation> = (...event) => invocation()(...event);

const call = async (operation: OperationName, connector_id: string, input: object = {}) =>
  framework.call(operation, { connector_id, ...input }, accountId);
const described = async (connector_id: string) => {
  const { body } = await call("GetCustomConnector", connector_id);
  return z.object({ connector: z.looseObject({}) }).parse(body).connector;
};
const scheduled = async (connector_id: string) =>
  (await call("GetCustomConnectorSchedule", connector_id)).body.schedule;
const isThere = async (connector_id: string) => (await call("GetCustomConnector", connector_id)).status === 200;

describe("create", () => {
  test("registers the connector under the stack's id, and tells it", async () => {
    const one = wanted();
    expect(await invoke(one, "create")).toEqual({ connector_id: one.connector_id });
    expect(await described(one.connector_id)).toMatchObject({
      name: "web-crawler",
      description: "Crawls the web",
      status: "AVAILABLE",
      container_properties: { ...validConnector.container_properties, timeout: 3600, attempts: 1 },
    });
    expect(await scheduled(one.connector_id)).toBeUndefined();
  });

  test("once more, when its answer was lost, makes no second connector", async () => {
    const before = await framework.usage(accountId);
    const one = wanted();
    await invoke(one, "create");
    await invoke(one, "create");
    await Promise.all([invoke(one, "create"), invoke(one, "create")]);
    expect((await framework.usage(accountId)).connectors).toBe(Number(before.connectors) + 1);
  });

  test("of two at the same moment is one connector", async () => {
    const before = await framework.usage(accountId);
    const one = wanted();
    await Promise.all([invoke(one, "create"), invoke(one, "create")]);
    expect((await framework.usage(accountId)).connectors).toBe(Number(before.connectors) + 1);
  });

  test("makes a connector that stands already what it should be", async () => {
    const one = wanted();
    await invoke(one, "create");
    await invoke({ ...one, connector: { ...validConnector, name: "another-name" } }, "create");
    expect(await described(one.connector_id)).toMatchObject({ name: "another-name" });
  });

  test("sets the schedule, if the stack has one", async () => {
    const one = wanted({ schedule });
    await invoke(one, "create");
    expect(await scheduled(one.connector_id)).toEqual({
      connector_id: one.connector_id,
      schedule_expression: "rate(1 hour)",
      timezone: "UTC",
      state: "ENABLED",
      environment: [],
    });
  });

  test.each<[string, Partial<Registration>, string]>([
    ["a name", { connector: { ...validConnector, name: "a b" } }, "name: only letters, digits and hyphens"],
    [
      "a size",
      {
        connector: {
          ...validConnector,
          container_properties: { ...validConnector.container_properties, resource_requirements: { cpu: 3 } },
        },
      },
      "container_properties.resource_requirements.cpu: must be one of",
    ],
    ["a schedule", { schedule: { schedule_expression: "daily" } }, "schedule_expression: must be rate("],
    ["a member that is missing", { connector: {} }, "container_properties: "],
  ])("refuses %s as the API would, and registers nothing", async (_, changes, problem) => {
    const one = wanted(changes);
    await expect(invoke(one, "create")).rejects.toThrow(problem);
    expect(await isThere(one.connector_id)).toBe(false);
  });

  test("refuses what the stage does not let connectors name", async () => {
    const strict = invocation({ rules: { roles: ["arn:aws:iam::*:role/connectors/*"], images: ["*"] } });
    await expect(strict(wanted(), "create")).rejects.toThrow("execution_role_arn: must match");
  });

  test.each(["cc-1", "usage", "checkpoint#cc-000000000000"])("refuses an id that is none: %s", async (connector_id) => {
    await expect(invoke(wanted({ connector_id }), "create")).rejects.toThrow("must be `cc-`");
  });
});

describe("update", () => {
  test("takes back what the stack does not say any more", async () => {
    const container_properties = {
      ...validConnector.container_properties,
      timeout: 600,
      ephemeral_storage: 50,
      log_stream_prefix: "crawler",
      secrets: [{ name: "TOKEN", value_from: "arn:aws:ssm:eu-central-1:123456789012:parameter/token" }],
    };
    const before = wanted({ connector: { ...validConnector, container_properties } });
    await invoke(before, "create");
    const { description, ...connector } = validConnector;
    await invoke({ ...before, connector }, "update", before);
    const now = await described(before.connector_id);
    expect(now).toMatchObject({ description: null, container_properties: { timeout: 3600, secrets: [] } });
    expect(now.container_properties).not.toHaveProperty("ephemeral_storage");
    expect(now.container_properties).not.toHaveProperty("log_stream_prefix");
  });

  test("makes a connector anew that somebody removed", async () => {
    const one = wanted();
    await invoke(one, "create");
    await call("DeleteCustomConnector", one.connector_id);
    await deletionStore(framework.client, tables.connectors).complete({ tenant, connectorId: one.connector_id });
    await invoke(one, "update", one);
    expect(await isThere(one.connector_id)).toBe(true);
  });

  test("removes a schedule that the stack has no more, and leaves one alone that it never had", async () => {
    const before = wanted({ schedule });
    await invoke(before, "create");
    const { schedule: _, ...without } = before;
    await invoke(without, "update", before);
    expect(await scheduled(before.connector_id)).toBeUndefined();
    await call("PutCustomConnectorSchedule", before.connector_id, schedule);
    await invoke(without, "update", without);
    expect(await scheduled(before.connector_id)).toMatchObject(schedule);
  });

  test("leaves a schedule paused that somebody paused", async () => {
    const one = wanted({ schedule });
    await invoke(one, "create");
    await call("PauseCustomConnectorSchedule", one.connector_id);
    const faster = { ...one, schedule: { schedule_expression: "rate(5 minutes)" } };
    await invoke(faster, "update", one);
    expect(await scheduled(one.connector_id)).toMatchObject({
      schedule_expression: "rate(5 minutes)",
      state: "PAUSED",
    });
  });

  test("to another id leaves nothing of the one before", async () => {
    const before = wanted();
    await invoke(before, "create");
    const now = { ...before, connector_id: newId() };
    expect(await invoke(now, "update", before)).toEqual({ connector_id: now.connector_id });
    expect([await isThere(before.connector_id), await isThere(now.connector_id)]).toEqual([false, true]);
  });
});

describe("delete", () => {
  test("removes the connector and its schedule; what is gone already is no failure", async () => {
    const one = wanted({ schedule });
    await invoke(one, "create");
    expect(await invoke(one, "delete", one)).toEqual({ connector_id: one.connector_id });
    expect(await isThere(one.connector_id)).toBe(false);
    expect(framework.scheduler.schedules.has(`${accountId}-${one.connector_id}`)).toBe(false);
    await invoke(one, "delete", one);
  });

  test("stops a job that holds the connector, and waits for its end", async () => {
    const one = wanted();
    await invoke(one, "create");
    const jobId = await framework.job(one.connector_id, accountId);
    const statuses: unknown[] = [];
    let looks = 0;
    const patient = invocation({
      async meanwhile() {
        const { body } = await call("GetCustomConnectorJob", one.connector_id, { job_id: jobId });
        statuses.push(Object(body).job.status);
        if (++looks === 3)
          await framework.progress.end({ tenant, jobId }, () => ({ status: "STOPPED" }), framework.clock());
      },
    });
    await patient(one, "delete", one);
    expect(statuses).toEqual(["STOPPING", "STOPPING", "STOPPING"]);
    expect(await isThere(one.connector_id)).toBe(false);
  });

  test("that has no time left to wait fails and names the job; the next one goes on", async () => {
    const one = wanted();
    await invoke(one, "create");
    const jobId = await framework.job(one.connector_id, accountId);
    await expect(invocation({ lasts: 30_000 })(one, "delete", one)).rejects.toThrow(
      `connector ${one.connector_id} is held by job ${jobId}, which was told to stop: try again later`,
    );
    expect(await isThere(one.connector_id)).toBe(true);
    await framework.progress.end({ tenant, jobId }, () => ({ status: "STOPPED" }), framework.clock());
    await invoke(one, "delete", one);
    expect(await isThere(one.connector_id)).toBe(false);
  });
});

describe("a connector that is made anew under the id of one that was removed", () => {
  const deletions = () => deletionStore(framework.client, tables.connectors);

  test("waits until what that one left behind is deleted, and has the deletion looked after", async () => {
    const one = wanted();
    await invoke(one, "create");
    await invoke(one, "delete", one);
    const ref = { tenant, connectorId: one.connector_id };
    let looks = 0;
    const patient = invocation({
      async meanwhile() {
        expect(await isThere(one.connector_id)).toBe(false);
        if (++looks === 3) await deletions().complete(ref);
      },
    });
    await patient(one, "create");
    expect(looks).toBe(3);
    expect(await isThere(one.connector_id)).toBe(true);
    expect(await deletions().find(ref)).toBeUndefined();
  });

  test("is not made when that takes too long", async () => {
    const one = wanted();
    await invoke(one, "create");
    await invoke(one, "delete", one);
    await expect(invocation({ lasts: 30_000 })(one, "create")).rejects.toThrow(
      `what connector ${one.connector_id} left behind is still being deleted: try again later`,
    );
    expect(await isThere(one.connector_id)).toBe(false);
  });
});

describe("rights that were granted a moment ago", () => {
  const denied = { refuse: { status: 403, type: "AccessDeniedException", message: "not authorized" } };

  test("are waited for", async () => {
    const one = wanted({ schedule });
    framework.scheduler.next("get", denied);
    framework.scheduler.next("get", denied);
    await invoke(one, "create");
    expect(await scheduled(one.connector_id)).toMatchObject(schedule);
  });

  test("that never come are an error in the end", async () => {
    for (let tries = 0; tries < 7; tries++) framework.scheduler.next("get", denied);
    await expect(invoke(wanted({ schedule }), "create")).rejects.toThrow("not authorized");
  });
});
