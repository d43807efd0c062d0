import * as z from "zod";
import { paginators, serviceModel } from "../../../clients/generator/boto3/service-model.ts";
import { type PublishedApi, publish } from "../../../clients/generator/published-api.ts";
import { publishedApis } from "../../../clients/generator/published-apis.ts";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { defineApi } from "../../../handlers/runtime/api/description.ts";

const shapeReference = z.looseObject({
  shape: z.string(),
  location: z.string().optional(),
  locationName: z.string().optional(),
});
const modelShape = z.object({
  version: z.literal("2.0"),
  metadata: z.record(z.string(), z.unknown()),
  documentation: z.string(),
  operations: z.record(
    z.string(),
    z.object({
      name: z.string(),
      http: z.object({ method: z.string(), requestUri: z.string(), responseCode: z.number() }),
      input: shapeReference.optional(),
      output: shapeReference,
      errors: z.array(shapeReference),
      documentation: z.string(),
    }),
  ),
  shapes: z.record(
    z.string(),
    z.looseObject({
      type: z.enum(["structure", "list", "map", "string", "integer", "double", "boolean"]),
      members: z.record(z.string(), shapeReference).optional(),
      required: z.array(z.string()).optional(),
      member: shapeReference.optional(),
      value: shapeReference.optional(),
    }),
  ),
});

const modelOf = (api: PublishedApi) => modelShape.parse(serviceModel(api));
const published = publishedApis.find(({ api }) => api.name === "connector-framework");
if (!published) throw new Error("the connector framework is not published");
const model = modelOf(published);

test("it is a rest-json service, signed for API Gateway", () => {
  expect(model.metadata).toMatchObject({
    apiVersion: "2025-06-01",
    endpointPrefix: "ccf",
    protocol: "rest-json",
    serviceFullName: "Custom Connector Framework",
    serviceId: "ccf",
    signatureVersion: "v4",
    signingName: "execute-api",
    uid: "ccf-2025-06-01",
  });
});

test("every operation is there by its name, at its path", () => {
  expect(Object.keys(model.operations)).toEqual(Object.keys(connectorFrameworkApi.operations));
  expect(model.operations.StopCustomConnectorJob).toMatchObject({
    http: {
      method: "POST",
      requestUri: "/api/v1/custom-connectors/{connector_id}/jobs/{job_id}/stop",
      responseCode: 202,
    },
  });
});

test("every shape that is referred to is there, and every shape is referred to or an exception", () => {
  const referred = new Set<string>();
  const refer = (...references: ({ readonly shape: string } | undefined)[]) => {
    for (const reference of references) if (reference) referred.add(reference.shape);
  };
  for (const { input, output, errors } of Object.values(model.operations)) refer(input, output, ...errors);
  for (const { members = {}, member, value } of Object.values(model.shapes))
    refer(...Object.values(members), member, value);
  const exceptions = Object.entries(model.shapes).filter(([, shape]) => shape.exception === true);
  for (const [name] of exceptions) referred.add(name);
  expect([...referred].sort()).toEqual(Object.keys(model.shapes));
});

test("path and query members say where they go, body members are flat beside them", () => {
  expect(model.shapes.ListCustomConnectorJobsRequest).toEqual({
    type: "structure",
    required: ["connector_id"],
    members: {
      connector_id: expect.objectContaining({ location: "uri", locationName: "connector_id" }),
      max_results: expect.objectContaining({ location: "querystring", locationName: "max_results" }),
      next_token: expect.objectContaining({ location: "querystring", locationName: "next_token" }),
      status: expect.objectContaining({ location: "querystring", locationName: "status" }),
    },
  });
  const { members = {}, required } = model.shapes.PutCustomConnectorScheduleRequest ?? {};
  expect(required).toEqual(["connector_id", "schedule_expression"]);
  expect(Object.keys(members)).toEqual(["connector_id", "schedule_expression", "timezone", "state", "environment"]);
  expect(members.schedule_expression).not.toHaveProperty("location");
});

test("rules are those of the description", () => {
  expect(model.shapes.Name).toEqual({ type: "string", min: 3, max: 128, pattern: "^[a-zA-Z0-9-]+$" });
  expect(model.shapes.Cpu).toEqual({ type: "double", min: 0.25, max: 16 });
  expect(model.shapes.MaxResults).toEqual({ type: "integer", min: 1, max: 100 });
  expect(model.shapes.Capacity).toEqual({ type: "string", enum: ["ON_DEMAND", "SPOT"] });
  expect(model.shapes.BatchPutCustomConnectorDocumentsRequestDocuments).toMatchObject({
    type: "list",
    min: 1,
    max: 100,
  });
});

test("a checkpoint is a document: text or an object, as it is sent", () => {
  expect(model.shapes.CheckpointData).toEqual({ type: "structure", members: {}, document: true });
  expect(model.shapes.PutCustomConnectorCheckpointRequest?.members?.checkpoint_data?.shape).toBe("CheckpointData");
  expect(model.shapes.Checkpoint?.members?.checkpoint_data?.shape).toBe("CheckpointData");
});

test("times are text", () => {
  expect(model.shapes.Job?.members?.created_at?.shape).toBe("String");
  expect(model.shapes.String).toEqual({ type: "string" });
});

test("what may be null is not required of an answer: botocore leaves it out", () => {
  expect(model.shapes.ConnectorSummary?.required).toEqual(expect.arrayContaining(["connector_id", "status"]));
  expect(model.shapes.ConnectorSummary?.required).not.toContain("description");
  expect(model.shapes.ListCustomConnectorsResponse?.required).toEqual(["connectors"]);
});

test("each error is an exception by its name on the wire, and so are the gateway's", () => {
  const exceptionOf = (name: string) => model.shapes[name];
  expect(exceptionOf("ConflictException")).toMatchObject({
    exception: true,
    error: { httpStatusCode: 409, senderFault: true },
    members: { message: { shape: "String" }, errorType: {} },
  });
  expect(exceptionOf("InternalServerError")).toMatchObject({ exception: true, fault: true });
  expect(exceptionOf("ThrottlingException")).toMatchObject({ retryable: { throttling: true } });
  expect(exceptionOf("ServiceUnavailableException")).toMatchObject({ retryable: { throttling: false } });
  expect(exceptionOf("InvalidSignatureException")).toMatchObject({ error: { httpStatusCode: 403 } });
  expect(model.operations.StartCustomConnectorJob?.errors.map(({ shape }) => shape)).toEqual([
    "BadRequestException",
    "ResourceLimitExceededException",
    "UnauthorizedException",
    "ResourceNotFoundException",
    "ConflictException",
    "ThrottlingException",
    "InternalServerError",
    "ServiceUnavailableException",
  ]);
});

test("an operation that answers nothing has an answer without members", () => {
  for (const name of ["DeleteCustomConnectorResponse", "StopCustomConnectorJobResponse"])
    expect(model.shapes[name]).toEqual({ type: "structure", members: {} });
});

test("lists can be paged through", () => {
  const tokens = { input_token: "next_token", output_token: "next_token", limit_key: "max_results" };
  expect(paginators(published)).toEqual({
    pagination: {
      ListCustomConnectors: { ...tokens, result_key: "connectors" },
      ListCustomConnectorJobs: { ...tokens, result_key: "jobs" },
      ListCustomConnectorDocuments: { ...tokens, result_key: "documents" },
    },
  });
});

describe("of any API", () => {
  const of = (body: z.ZodObject) => {
    const api = defineApi({
      ...connectorFrameworkApi,
      operations: { Do: { method: "POST", path: "/do", summary: "Does", body, success: { status: 202 }, errors: [] } },
    });
    const source = { module: "nowhere.ts", name: "api" };
    return publish({ api, examples: { Do: { input: {}, answer: undefined } }, source, boto3ServiceName: "any" });
  };

  test("maps, lists of lists and any JSON have shapes, and one name never stands for two", () => {
    const { shapes } = modelOf(
      of(
        z.object({
          labels: z.record(z.string(), z.string().max(5)),
          grid: z.array(z.array(z.int())),
          name: z.string().max(3),
          inner: z.object({ name: z.string().max(4), flag: z.boolean(), any: z.unknown().optional() }),
        }),
      ),
    );
    expect(shapes.DoRequest?.members).toMatchObject({
      labels: { shape: "DoRequestLabels" },
      grid: { shape: "DoRequestGrid" },
      name: { shape: "Name" },
      inner: { shape: "DoRequestInner" },
    });
    expect(shapes.DoRequestLabels).toEqual({ type: "map", key: { shape: "String" }, value: { shape: "LabelsValue" } });
    expect(shapes.LabelsValue).toEqual({ type: "string", max: 5 });
    expect(shapes.DoRequestGridItem).toEqual({ type: "list", member: { shape: "Integer" } });
    expect(shapes.Name).toEqual({ type: "string", max: 3 });
    expect(shapes.DoRequestInner?.members).toMatchObject({
      name: { shape: "DoRequestInnerName" },
      any: { shape: "Any" },
    });
    expect(shapes.DoRequestInnerName).toEqual({ type: "string", max: 4 });
    expect(shapes.Any).toEqual({ type: "structure", members: {}, document: true });
  });

  test("words are HTML", () => {
    const { shapes } = modelOf(of(z.object({ size: z.int().describe("`a<b>` & more") })));
    expect(shapes.DoRequest?.members?.size?.documentation).toBe("<p><code>a&lt;b&gt;</code> &amp; more</p>");
  });

  test("fails when a schema says what no client would be told, or errors have no names", () => {
    expect(() => of(z.object({ step: z.number().multipleOf(5) }))).toThrow("multipleOf");
    const { types: _, ...errorShape } = connectorFrameworkApi.errorShape;
    const api = { ...connectorFrameworkApi, errorShape, operations: {} };
    const source = { module: "nowhere.ts", name: "api" };
    expect(() => publish({ api, examples: {}, source, boto3ServiceName: "any" })).toThrow("errorShape.types");
  });
});
