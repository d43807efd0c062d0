import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { type Operation, operationNames } from "../../../../handlers/runtime/api/description.ts";
import {
  type ConnectorFramework,
  type OperationName,
  startConnectorFramework,
} from "../../../helpers/connector-framework.ts";

const [owner, stranger] = ["123456789012", "999999999999"];

let framework: ConnectorFramework;
let connector_id: string;
let job_id: string;
beforeAll(async () => {
  framework = await startConnectorFramework();
  connector_id = await framework.connector(owner);
  job_id = await framework.job(connector_id, owner);
  await framework.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: "mine" }, owner);
  const documents = [{ document_id: "d", checksum: "c".repeat(32) }];
  await framework.call("BatchPutCustomConnectorDocuments", { connector_id, documents }, owner);
});
afterAll(() => framework.stop());

/** What an operation takes beside the connector and the job. */
const bodies: Partial<Record<OperationName, Record<string, unknown>>> = {
  UpdateCustomConnector: { name: "taken" },
  StartCustomConnectorJob: { environment: [{ name: "A", value: "1" }] },
  PutCustomConnectorSchedule: { schedule_expression: "rate(1 hour)" },
  PutCustomConnectorCheckpoint: { checkpoint_data: "theirs" },
  BatchPutCustomConnectorDocuments: { documents: [{ document_id: "d", checksum: "x".repeat(32) }] },
  BatchDeleteCustomConnectorDocuments: { document_ids: ["d"] },
};

const ofConnector = operationNames(connectorFrameworkApi).filter((name) => {
  const operation: Operation = connectorFrameworkApi.operations[name];
  return operation.path.includes("{connector_id}");
});

/** All that is stored of the owner's. */
async function everything() {
  const names = [
    "GetCustomConnector",
    "ListCustomConnectorJobs",
    "GetCustomConnectorCheckpoint",
    "ListCustomConnectorDocuments",
  ] as const;
  return Promise.all(names.map((name) => framework.call(name, { connector_id }, owner)));
}

test.each(ofConnector)("%s finds nothing of another account, and changes nothing of it", async (name) => {
  const before = await everything();
  const { status, body } = await framework.call(name, { connector_id, job_id, ...bodies[name] }, stranger);
  expect([status, body.errorType]).toEqual([404, "ResourceNotFoundException"]);
  expect(JSON.stringify(body)).not.toContain(owner);
  expect(await everything()).toEqual(before);
});

test("an account lists its own connectors only, and tells no other's by a token", async () => {
  expect((await framework.call("ListCustomConnectors", {}, stranger)).body).toEqual({
    connectors: [],
    next_token: null,
  });
  await framework.connector(owner);
  const { body } = await framework.call("ListCustomConnectors", { max_results: 1 }, owner);
  expect(body.next_token).toEqual(expect.any(String));
  const answer = await framework.call("ListCustomConnectors", { next_token: body.next_token }, stranger);
  expect(answer).toMatchObject({ status: 400, body: { message: "next_token: is not a token of this list" } });
});

test("one connector's job is none of another's, though both are the account's", async () => {
  const other = await framework.connector(owner);
  for (const name of ["GetCustomConnectorJob", "StopCustomConnectorJob"] as const)
    expect((await framework.call(name, { connector_id: other, job_id }, owner)).status).toBe(404);
});
