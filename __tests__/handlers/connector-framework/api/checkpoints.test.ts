import fc from "fast-check";
import { type ConnectorFramework, startConnectorFramework } from "../../../helpers/connector-framework.ts";
import { lambdaContext, restEvent } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

const put = (connector_id: string, checkpoint_data: unknown) =>
  framework.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data });
const get = (connector_id: string) => framework.call("GetCustomConnectorCheckpoint", { connector_id });

test("text comes back as text, an object as that object", async () => {
  const connector_id = await framework.connector();
  for (const checkpoint_data of ['{"page":3}', { page: 3, seen: ["a", null, 1.5e300], "": {} }]) {
    expect(await put(connector_id, checkpoint_data)).toEqual({ status: 202, body: {} });
    const { status, body } = await get(connector_id);
    expect(status).toBe(200);
    expect(body).toEqual({
      checkpoint: { connector_id, checkpoint_data, created_at: expect.any(String), updated_at: expect.any(String) },
    });
  }
});

/** Puts a checkpoint as the text a client sends. */
async function putText(connector_id: string, checkpoint_data: string) {
  const result = await framework.handle(
    restEvent({
      method: "PUT",
      resource: "/api/v1/custom-connectors/{connector_id}/checkpoint",
      parameters: { connector_id },
      body: `{"checkpoint_data":${checkpoint_data}}`,
    }),
    lambdaContext,
  );
  return { status: result.statusCode, message: Object(JSON.parse(result.body)).message };
}

test("what would not come back as it was sent is refused by its path", async () => {
  const connector_id = await framework.connector();
  const tooLarge = "is a whole number that does not fit a double: send it as text";
  const refusals = [
    ['{"since":{"at":[1,9007199254740993]}}', `checkpoint_data.since.at.1: ${tooLarge}`],
    ['{"at":-123456789012345683968}', `checkpoint_data.at: ${tooLarge}`],
    ['{"a":{"__proto__":1}}', "checkpoint_data.a.__proto__: is a name no member may have"],
    [
      `{"a":${"[".repeat(99)}${"]".repeat(99)}}`,
      expect.stringMatching(/^checkpoint_data\.a.*: is nested deeper than 100/),
    ],
    [`{"a":${"[".repeat(150_000)}${"]".repeat(150_000)}}`, expect.stringContaining("is nested deeper than 100")],
    [`{"a":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`, expect.stringContaining("is nested deeper than 100")],
  ] as const;
  for (const [text, message] of refusals) expect(await putText(connector_id, text)).toEqual({ status: 400, message });
  expect((await get(connector_id)).status).toBe(404);
  const taken = ['{"a":1.5e300,"b":9007199254740992,"c":0.1}', `{"a":${"[".repeat(97)}${"]".repeat(97)}}`];
  for (const text of taken) {
    expect((await putText(connector_id, text)).status).toBe(202);
    expect(JSON.stringify((await get(connector_id)).body)).toContain(text.replace("1.5e300", "1.5e+300"));
  }
});

test("a checkpoint stored before there was a limit to its depth can be read", async () => {
  const connector_id = await framework.connector();
  const ref = { tenant: "arn:aws:ccf:eu-central-1:123456789012", connectorId: connector_id };
  const deep: Record<string, never> = JSON.parse(`${'{"a":'.repeat(2_000)}{}${"}".repeat(2_000)}`);
  await framework.stores.checkpoints.put(ref, deep, framework.clock());
  expect((await get(connector_id)).status).toBe(200);
});

test("any JSON object comes back as it was", async () => {
  const connector_id = await framework.connector();
  const object = fc
    .dictionary(fc.string(), fc.jsonValue({ depthSize: "small" }))
    .filter(
      (value) => Object.keys(value).every((key) => key !== "__proto__") && !JSON.stringify(value).includes("__proto__"),
    );
  await fc.assert(
    fc.asyncProperty(object, async (checkpoint_data) => {
      expect((await put(connector_id, checkpoint_data)).status).toBe(202);
      const { body } = await get(connector_id);
      expect(JSON.stringify(body.checkpoint)).toContain(JSON.stringify(checkpoint_data));
    }),
    { numRuns: 50 },
  );
});

test("a later checkpoint keeps the time of the first and moves the time of the update", async () => {
  const connector_id = await framework.connector();
  await put(connector_id, "first");
  const first = (await get(connector_id)).body.checkpoint;
  await put(connector_id, "second");
  const second = (await get(connector_id)).body.checkpoint;
  expect(first).toMatchObject({ created_at: expect.any(String) });
  expect(second).toEqual({ ...Object(first), checkpoint_data: "second", updated_at: expect.any(String) });
  expect(Object(second).updated_at > Object(first).updated_at).toBe(true);
});

test("the largest checkpoint is taken, one byte more is refused", async () => {
  const connector_id = await framework.connector();
  const largest = "x".repeat(390_000 - 2);
  expect((await put(connector_id, largest)).status).toBe(202);
  expect((await put(connector_id, `${largest}x`)).status).toBe(400);
  // Escapes make the stored text longer than what the client counts.
  expect((await put(connector_id, "\u0000".repeat(64_999))).status).toBe(202);
});

test("a deleted checkpoint is gone, and deleting it again finds nothing", async () => {
  const connector_id = await framework.connector();
  await put(connector_id, "x");
  const remove = () => framework.call("DeleteCustomConnectorCheckpoint", { connector_id });
  expect(await remove()).toEqual({ status: 202, body: {} });
  const gone = {
    status: 404,
    body: { errorType: "ResourceNotFoundException", message: `connector ${connector_id} has no checkpoint` },
  };
  expect(await get(connector_id)).toEqual(gone);
  expect(await remove()).toEqual(gone);
});

test("no connector, no checkpoint: neither put nor got nor deleted, and not by another account", async () => {
  const mine = await framework.connector();
  await put(mine, "x");
  const calls = [
    ["PutCustomConnectorCheckpoint", { checkpoint_data: "stolen" }],
    ["GetCustomConnectorCheckpoint", {}],
    ["DeleteCustomConnectorCheckpoint", {}],
  ] as const;
  for (const [operation, input] of calls) {
    for (const connector_id of ["cc-000000000000", "any"])
      expect(await framework.call(operation, { connector_id, ...input })).toEqual({
        status: 404,
        body: { errorType: "ResourceNotFoundException", message: `connector ${connector_id} does not exist` },
      });
    expect((await framework.call(operation, { connector_id: mine, ...input }, "333333333333")).status).toBe(404);
  }
  expect((await get(mine)).body).toMatchObject({ checkpoint: { checkpoint_data: "x" } });
});

test("checkpoints saved while jobs start and end disturb neither", async () => {
  const connector_id = await framework.connector();
  const tenant = "arn:aws:ccf:eu-central-1:123456789012";
  for (let round = 0; round < 10; round++) {
    const [saved, started] = await Promise.all([
      put(connector_id, `before ${round}`),
      framework.call("StartCustomConnectorJob", { connector_id }),
    ]);
    expect([saved.status, started.status]).toEqual([202, 201]);
    const jobId = String(Object(started.body.job).job_id);
    const [again, ended] = await Promise.all([
      put(connector_id, `after ${round}`),
      framework.progress.end({ tenant, jobId }, () => ({ status: "SUCCEEDED" }), framework.clock()),
    ]);
    expect([again.status, ended]).toEqual([202, true]);
  }
});
