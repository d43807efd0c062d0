import { Logger } from "@aws-lambda-powertools/logger";
import { operations } from "../../../../handlers/connector-framework/api/operations.ts";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import { randomIds } from "../../../../handlers/connector-framework/model/ids.ts";
import { restHandler } from "../../../../handlers/runtime/api/rest-handler.ts";
import {
  allowed,
  type ConnectorFramework,
  region,
  startConnectorFramework,
} from "../../../helpers/connector-framework.ts";
import { lambdaContext, restEvent } from "../../../helpers/rest-event.ts";

let framework: ConnectorFramework;
beforeAll(async () => {
  framework = await startConnectorFramework();
});
afterAll(() => framework.stop());

test("neither variables nor checkpoints nor bodies are ever logged, whether a request succeeds or not", async () => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  const writeError = jest.spyOn(process.stderr, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    const { stores, clock } = framework;
    const api = operations({ stores, allowed, clock, ids: randomIds, region });
    const handle = restHandler(connectorFrameworkApi, api, new Logger({ logLevel: "TRACE" }));
    const connector_id = await framework.connector();
    const path = "/api/v1/custom-connectors/{connector_id}";
    const put = { method: "PUT", resource: `${path}/checkpoint`, parameters: { connector_id } };
    const start = { method: "POST", resource: `${path}/jobs`, parameters: { connector_id } };
    const environment = [{ name: "TOKEN", value: "hush-1" }];
    const statuses = [];
    for (const request of [
      { ...put, body: { checkpoint_data: { secret: "hush-2" } } },
      { ...put, body: { checkpoint_data: ["hush-3"] } },
      { ...put, body: "{ hush-4" },
      { ...start, body: { environment } },
      { ...start, body: { environment } },
      { ...start, body: { environment: [{ name: "AWS_REGION", value: "hush-5" }] } },
    ])
      statuses.push((await handle(restEvent(request), lambdaContext)).statusCode);
    expect(statuses).toEqual([202, 400, 400, 201, 409, 400]);
  } finally {
    write.mockRestore();
    writeError.mockRestore();
  }
  const logged = lines.join("");
  expect(logged).toContain('"message":"refused"');
  expect(logged).not.toContain("hush");
});

test("of what is wrong with an input only the field is logged, never the names within free content", async () => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    const { stores, clock } = framework;
    const api = operations({ stores, allowed, clock, ids: randomIds, region });
    const handle = restHandler(connectorFrameworkApi, api, new Logger({ logLevel: "INFO" }));
    const resource = "/api/v1/custom-connectors/{connector_id}/checkpoint";
    const body = '{"checkpoint_data": {"hush-token": {"__proto__": 1}}}';
    const request = restEvent({ method: "PUT", resource, parameters: { connector_id: "cc-000000000000" }, body });
    expect((await handle(request, lambdaContext)).statusCode).toBe(400);
  } finally {
    write.mockRestore();
  }
  const logged = lines.join("");
  expect(logged).toContain('"fields":["checkpoint_data"]');
  expect(logged).not.toContain("hush");
});
