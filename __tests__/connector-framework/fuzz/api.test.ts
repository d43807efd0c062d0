import ajvModule from "ajv-draft-04";
import formatsModule from "ajv-formats";
import fc from "fast-check";
import * as z from "zod";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { connectorFrameworkExamples } from "../../../handlers/connector-framework/contract/examples.ts";
import { gatewayDocument, openApiDocument } from "../../../handlers/runtime/api/openapi.ts";
import { type ConnectorFramework, startConnectorFramework } from "../../helpers/connector-framework.ts";
import { lambdaContext } from "../../helpers/rest-event.ts";
import { functionArn, lambda } from "../../local/gateway/document.ts";
import { serve } from "../../local/gateway/harness.ts";
import { apiDocument, type DescribedOperation, type FuzzedRequest, operationsOf, requestsOf } from "./requests.ts";

const document = apiDocument.parse(JSON.parse(JSON.stringify(openApiDocument(connectorFrameworkApi))));
const ajv = new ajvModule.default({ strict: false, allErrors: true });
formatsModule.default(ajv);
ajv.addSchema({ id: "api", ...document });

/** The gateway's own refusals, which no operation describes. They have the API's error shape all the same. */
const refusals = new Set([403, 404, 413, 415]);

let framework: ConnectorFramework;
let gateway: Awaited<ReturnType<typeof serve>>;
const there = { connectors: [""], job: "" };
beforeAll(async () => {
  framework = await startConnectorFramework();
  const event = z.custom<Parameters<ConnectorFramework["handle"]>[0]>((value) => typeof value === "object");
  const api = {
    arn: functionArn("api"),
    timeoutSeconds: 29,
    invoke: async (payload: unknown) => ({
      requestId: "request",
      ok: true as const,
      payload: await framework.handle(event.parse(payload), lambdaContext),
    }),
  };
  gateway = await serve({ document: gatewayDocument(connectorFrameworkApi, lambda("api").uri), function: () => api });
});
afterAll(async () => {
  await gateway.stop();
  await framework.stop();
});

/** Connectors that are there, whatever was deleted before: one that is free, and one that a job holds. */
async function prepare(): Promise<void> {
  const accountId = "000000000000";
  const [free, held] = [await framework.connector(accountId), await framework.connector(accountId)];
  there.connectors = [held, free];
  there.job = await framework.job(held, accountId);
  for (const connector_id of there.connectors) {
    await framework.call("PutCustomConnectorCheckpoint", { connector_id, checkpoint_data: { page: 7 } }, accountId);
    const schedule = { ...connectorFrameworkExamples.PutCustomConnectorSchedule?.input, connector_id };
    await framework.call("PutCustomConnectorSchedule", schedule, accountId);
  }
}

async function answerTo(request: FuzzedRequest) {
  const { status, headers, text } = await gateway.sendSigned(
    request.method,
    `/petapi/v1${request.path}`,
    { ...request.headers },
    request.body,
  );
  return { status, type: headers["content-type"], text };
}

/** What the document says of an answer with that status; undefined when it says nothing. */
function documented({ responses }: DescribedOperation, status: number) {
  const response = responses[status];
  if (!response) return refusals.has(status) ? "#/components/schemas/Error" : undefined;
  return response.content?.["application/json"].schema.$ref ?? "nothing";
}

async function expectDocumented(operation: DescribedOperation, request: FuzzedRequest): Promise<number> {
  const { status, type, text } = await answerTo(request);
  expect(status).toBeLessThan(500);
  const reference = documented(operation, status);
  expect({ status, isDocumented: reference !== undefined }).toEqual({ status, isDocumented: true });
  if (reference === "nothing") {
    expect(["", "{}"]).toContain(text);
    return status;
  }
  expect(type).toBe("application/json");
  const isAsDocumented = ajv.validate({ $ref: `api${reference}` }, JSON.parse(text));
  expect({ status, text, wrong: isAsDocumented ? null : ajv.errors }).toEqual({ status, text, wrong: null });
  return status;
}

const numRuns = Number(process.env.FUZZ_RUNS ?? 60);
const examples: Readonly<Record<string, { readonly input: object }>> = connectorFrameworkExamples;

describe.each(operationsOf(document))("$operationId", (operation) => {
  test("whatever it is sent, it answers as it is documented, and never that the fault is its own", async () => {
    await prepare();
    const example = { ...examples[operation.operationId]?.input };
    const known = {
      connector_id: fc.constantFrom(...there.connectors),
      job_id: fc.constant(there.job),
    };
    const statuses = new Set<number>();
    const request = requestsOf(operation, document, known, example);
    await fc.assert(
      fc.asyncProperty(request, async (request) => {
        statuses.add(await expectDocumented(operation, request));
      }),
      { numRuns },
    );
    // Or it would not be told what it does with what is right.
    expect([...statuses].some((status) => status < 300)).toBe(true);
  });
});
