import * as z from "zod";
import type { ConnectorFrameworkOperations } from "../../../../handlers/connector-framework/api/operation-types.ts";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { type Operation, operationNames, operationOf } from "../../../../handlers/runtime/api/description.ts";
import { restHandler } from "../../../../handlers/runtime/api/rest-handler.ts";
import { type OperationName, silent, validConnector } from "../../../helpers/connector-framework.ts";
import { lambdaContext, restEvent } from "../../../helpers/rest-event.ts";

type Fields = Record<string, unknown>;
const connector_id = "cc-0123456789ab";
const long = (length: number) => "x".repeat(length);
const lone = `abc\ud800${long(40)}`;

const everyOption = {
  resource_requirements: { cpu: 1, memory: 2048 },
  timeout: 60,
  attempts: 3,
  capacity: "SPOT",
  cpu_architecture: "ARM64",
  ephemeral_storage: 21,
  log_stream_prefix: "crawlers/web",
  secrets: [{ name: "TOKEN", value_from: "arn:aws:ssm:eu-central-1:123456789012:parameter/crawlers/token" }],
};

/** A request of each operation that is right, with every field it may have. */
const right: Record<OperationName, Fields> = {
  CreateCustomConnector: {
    ...validConnector,
    container_properties: {
      ...validConnector.container_properties,
      ...everyOption,
    },
  },
  ListCustomConnectors: { max_results: "5", next_token: "t" },
  GetCustomConnector: { connector_id },
  UpdateCustomConnector: {
    connector_id,
    ...validConnector,
    container_properties: {
      ...validConnector.container_properties,
      ...everyOption,
    },
  },
  DeleteCustomConnector: { connector_id },
  ReleaseCustomConnector: { connector_id },
  StartCustomConnectorJob: { connector_id, environment: [{ name: "A", value: "" }] },
  GetCustomConnectorJob: { connector_id, job_id: "ccj-0123456789ab" },
  ListCustomConnectorJobs: { connector_id, max_results: "5", next_token: "t", status: "RUNNING" },
  StopCustomConnectorJob: { connector_id, job_id: "ccj-0123456789ab" },
  PutCustomConnectorSchedule: {
    connector_id,
    schedule_expression: "cron(0 6 ? * MON-FRI *)",
    timezone: "Europe/Berlin",
    state: "PAUSED",
    environment: [{ name: "A", value: "" }],
  },
  GetCustomConnectorSchedule: { connector_id },
  DeleteCustomConnectorSchedule: { connector_id },
  PauseCustomConnectorSchedule: { connector_id },
  ResumeCustomConnectorSchedule: { connector_id },
  PutCustomConnectorCheckpoint: { connector_id, checkpoint_data: "x" },
  GetCustomConnectorCheckpoint: { connector_id },
  DeleteCustomConnectorCheckpoint: { connector_id },
  BatchPutCustomConnectorDocuments: { connector_id, documents: [{ document_id: "d", checksum: long(32) }] },
  BatchDeleteCustomConnectorDocuments: { connector_id, document_ids: ["d"] },
  ListCustomConnectorDocuments: { connector_id, max_results: "5", next_token: "t" },
};

/** Wrong values of a field, by its place; `0` is the place of a list's items. `undefined` leaves a field out. */
const wrong: Record<string, readonly unknown[]> = {
  connector_id: [long(129)],
  job_id: [long(129)],
  max_results: ["0", "101", "-1", "1.5", "many", "", "99999999999"],
  next_token: ["", long(5001)],
  status: ["COMPLETED", "running"],
  name: [null, 7, "ab", long(129), "a b c", "näme"],
  description: [7, "ab", long(1001), lone],
  container_properties: [null, "text", []],
  "container_properties.execution_role_arn": [
    null,
    "role",
    `arn:aws:iam::123456789012:role/${long(2048)}`,
    "arn:aws:iam::12:role/execution",
  ],
  "container_properties.job_role_arn": [null, "role", "arn:aws:iam::123456789012:user/someone"],
  "container_properties.image_uri": [
    null,
    "docker.io/library/node",
    `123456789012.dkr.ecr.eu-central-1.amazonaws.com/${long(2048)}`,
  ],
  "container_properties.resource_requirements": [null, "large"],
  "container_properties.resource_requirements.cpu": [null, "1", 0, 17, 0.1],
  "container_properties.resource_requirements.memory": [null, "2048", 100, 2048.5, 200_000],
  "container_properties.timeout": [null, "60", 59, 60.5, 604_801],
  "container_properties.attempts": [null, "1", 0, 11, 1.5],
  "container_properties.capacity": [null, "spot", "FARGATE"],
  "container_properties.cpu_architecture": [null, "arm64", 64],
  "container_properties.ephemeral_storage": ["21", 20, 201, 21.5],
  "container_properties.log_stream_prefix": [7, "", "a:b", "a b", long(129)],
  "container_properties.secrets": [null, {}, Array(21).fill({ name: "A", value_from: "arn:aws:ssm:r:0:parameter/a" })],
  "container_properties.secrets.0": [null, "TOKEN"],
  "container_properties.secrets.0.name": [undefined, null, "", "1A", "AWS_REGION"],
  "container_properties.secrets.0.value_from": [
    undefined,
    null,
    "token",
    "arn:aws:s3:::bucket",
    `arn:aws:ssm:eu-central-1:123456789012:parameter/${long(2048)}`,
  ],
  schedule_expression: [
    undefined,
    null,
    7,
    "hourly",
    "rate(0 hours)",
    "rate(1 second)",
    "cron(* * * * *)",
    "at(2100-01-01T00:00:00)",
  ],
  timezone: [null, 7, "", long(51)],
  state: [null, "DISABLED", "paused"],
  environment: [null, {}, Array(51).fill({ name: "A", value: "" })],
  "environment.0": [null, "A=B"],
  "environment.0.name": [
    undefined,
    null,
    "",
    "1A",
    "A-B",
    long(129),
    "AWS_REGION",
    "AWS_BATCH_JOB_ID",
    "CUSTOM_CONNECTOR_JOB_ID",
    "AWS_ACCESS_KEY_ID",
  ],
  "environment.0.value": [undefined, null, 1, long(4097), lone],
  checkpoint_data: [undefined, null, 7, "", [], long(390_000)],
  documents: [undefined, null, {}, [], Array(101).fill({ document_id: "d", checksum: long(32) })],
  "documents.0": [null, "d"],
  "documents.0.document_id": [undefined, null, "", long(513), "€".repeat(400), lone],
  "documents.0.checksum": [undefined, null, long(31), long(513), lone],
  document_ids: [undefined, null, {}, [], Array(51).fill("d")],
  "document_ids.0": [null, 7, "", long(513), "€".repeat(400), lone],
};

/** Fields that only a creation must have. */
const neededToCreate = [
  "name",
  "container_properties",
  "container_properties.execution_role_arn",
  "container_properties.job_role_arn",
  "container_properties.image_uri",
];

/** Places of all fields of a schema, as error messages name them. */
function fieldsOf(schema: z.core.$ZodType, place: readonly string[] = []): string[] {
  const here = place.length > 0 ? [place.join(".")] : [];
  if (schema instanceof z.ZodObject)
    return [
      ...here,
      ...Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, field]) => fieldsOf(field, [...place, name])),
    ];
  if (schema instanceof z.ZodArray) return [...here, ...fieldsOf(schema.element, [...place, "0"])];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fieldsOf(schema.unwrap(), place);
  return here;
}

const describedFields = ({ parameters, query, body }: Operation): string[] =>
  [parameters, query, body].flatMap((schema) => (schema ? fieldsOf(schema) : []));

function withValue(fields: unknown, [name = "", ...rest]: readonly string[], value: unknown): unknown {
  const inner: unknown = rest.length > 0 ? withValue(Object(fields)[name], rest, value) : value;
  if (Array.isArray(fields)) return fields.map((item, index) => (String(index) === name ? inner : item));
  const { [name]: _, ...others } = Object(fields);
  return inner === undefined ? others : { ...others, [name]: inner };
}

const notReached = async (): Promise<never> => {
  throw new Error("the request was not refused");
};
const noOperations: ConnectorFrameworkOperations = {
  ReleaseCustomConnector: notReached,
  GetCustomConnectorJob: notReached,
  PutCustomConnectorSchedule: notReached,
  GetCustomConnectorSchedule: notReached,
  DeleteCustomConnectorSchedule: notReached,
  PauseCustomConnectorSchedule: notReached,
  ResumeCustomConnectorSchedule: notReached,
  CreateCustomConnector: notReached,
  ListCustomConnectors: notReached,
  GetCustomConnector: notReached,
  UpdateCustomConnector: notReached,
  DeleteCustomConnector: notReached,
  StartCustomConnectorJob: notReached,
  ListCustomConnectorJobs: notReached,
  StopCustomConnectorJob: notReached,
  PutCustomConnectorCheckpoint: notReached,
  GetCustomConnectorCheckpoint: notReached,
  DeleteCustomConnectorCheckpoint: notReached,
  BatchPutCustomConnectorDocuments: notReached,
  BatchDeleteCustomConnectorDocuments: notReached,
  ListCustomConnectorDocuments: notReached,
};
const handle = restHandler(connectorFrameworkApi, noOperations, silent);

async function send(operation: Operation, fields: Fields) {
  const part = (schema: z.ZodObject | undefined): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => schema && name in schema.shape));
  const strings = (schema: z.ZodObject | undefined) => z.record(z.string(), z.string()).parse(part(schema));
  const { statusCode, body } = await handle(
    restEvent({
      method: operation.method,
      resource: operation.path,
      parameters: strings(operation.parameters),
      query: strings(operation.query),
      ...(operation.body && { body: part(operation.body) }),
    }),
    lambdaContext,
  );
  return { status: statusCode, body: z.record(z.string(), z.unknown()).parse(JSON.parse(body)) };
}

describe.each(operationNames(connectorFrameworkApi))("%s", (name) => {
  const operation: Operation = operationOf(connectorFrameworkApi, name);

  test("takes a request that is right in every field", async () => {
    // It gets past validation and reaches the operation, which here fails.
    expect((await send(operation, right[name])).status).toBe(500);
  });

  const cases = describedFields(operation).flatMap((field) => {
    const values = wrong[field] ?? [];
    const missing = name === "CreateCustomConnector" && neededToCreate.includes(field) ? [undefined] : [];
    const nullable = name.endsWith("CustomConnector") && field === "description";
    return [...missing, ...values]
      .filter((value) => !(nullable && value === null))
      .map((value) => [field, JSON.stringify(value)?.slice(0, 40) ?? "nothing", value] as const);
  });

  test("has a case for each of its fields", () => {
    expect(describedFields(operation).filter((field) => wrong[field] === undefined)).toEqual([]);
  });

  if (cases.length > 0)
    test.each(cases)("refuses a %s of %s by its name", async (field, _, value) => {
      const fields = z.record(z.string(), z.unknown()).parse(withValue(right[name], field.split("."), value));
      const { status, body } = await send(operation, fields);
      expect(status).toBe(400);
      expect(body.errorType).toBe("BadRequestException");
      expect(String(body.message)).toMatch(new RegExp(`(^|; )${field.replaceAll(".", "\\.")}(\\.\\w+)*: `));
      expect(String(body.message).length).toBeLessThanOrEqual(1024);
    });
});

const create = connectorFrameworkApi.operations.CreateCustomConnector;

test.each([
  [1, 1024, "memory"],
  [0.25, 1536, "memory"],
  [3, 8192, "cpu"],
  [16, 122_881 - 1 - 8191, "memory"],
])("a size of %d vCPU and %d MiB is refused by the %s", async (cpu, memory, field) => {
  const fields = withValue(right.CreateCustomConnector, ["container_properties", "resource_requirements"], {
    cpu,
    memory,
  });
  const { status, body } = await send(create, z.record(z.string(), z.unknown()).parse(fields));
  expect(status).toBe(400);
  expect(body.message).toContain(`container_properties.resource_requirements.${field}: `);
});

test("two variables, or two documents, of one name are refused by the place of the second", async () => {
  const twice = [
    { name: "A", value: "1" },
    { name: "A", value: "2" },
  ];
  const start = await send(connectorFrameworkApi.operations.StartCustomConnectorJob, {
    connector_id,
    environment: twice,
  });
  expect(start).toMatchObject({ status: 400, body: { message: "environment.1.name: appears twice" } });
  const documents = Array(2).fill({ document_id: "d", checksum: long(32) });
  const put = await send(connectorFrameworkApi.operations.BatchPutCustomConnectorDocuments, {
    connector_id,
    documents,
  });
  expect(put).toMatchObject({ status: 400, body: { message: "documents.1.document_id: appears twice" } });
});

test("variables that fit one by one but not together are refused", async () => {
  const environment = Array.from({ length: 5 }, (_, index) => ({ name: `A${index}`, value: long(4000) }));
  const { status, body } = await send(connectorFrameworkApi.operations.StartCustomConnectorJob, {
    connector_id,
    environment,
  });
  expect(status).toBe(400);
  expect(body.message).toMatch(/^environment: at most 16384 bytes in all/);
});

test("AWS_DATA_PATH is the caller's to set", async () => {
  const environment = [{ name: "AWS_DATA_PATH", value: "/var/task" }];
  const { status } = await send(connectorFrameworkApi.operations.StartCustomConnectorJob, {
    connector_id,
    environment,
  });
  expect(status).toBe(500);
});

test.each(["{", "[]", '"text"', "7", "null"])("a body of %s is refused", async (body) => {
  const { statusCode, body: answer } = await handle(
    restEvent({ method: create.method, resource: create.path, body }),
    lambdaContext,
  );
  expect(statusCode).toBe(400);
  expect(JSON.parse(answer).message).toMatch(/^body: /);
});

test("a request that no account signed is refused", async () => {
  const event = restEvent({ method: "GET", resource: "/api/v1/custom-connectors", accountId: null });
  const { statusCode, body } = await handle(event, lambdaContext);
  expect(statusCode).toBe(400);
  expect(JSON.parse(body)).toMatchObject({
    errorType: "BadRequestException",
    message: expect.stringContaining("signed"),
  });
});

test("an unknown route is not found", async () => {
  const { statusCode, body } = await handle(restEvent({ method: "GET", resource: "/api/v1/none" }), lambdaContext);
  expect(statusCode).toBe(404);
  expect(JSON.parse(body).errorType).toBe("ResourceNotFoundException");
});

test("what goes wrong inside is told as nothing but an internal error", async () => {
  const { status, body } = await send(connectorFrameworkApi.operations.GetCustomConnector, { connector_id });
  expect(status).toBe(500);
  expect(body).toEqual({ errorType: "InternalServerError", message: "Internal server error" });
});
