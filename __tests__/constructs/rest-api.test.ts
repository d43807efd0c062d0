import * as z from "zod";
import { NodeFunction } from "../../constructs/function/index.ts";
import { RestApi, type RestApiProps } from "../../constructs/rest-api/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { type Api, defineApi, type Operation } from "../../handlers/runtime/api/description.ts";
import { parsed, synthesize } from "./synth.ts";

const order = z.object({ id: z.string() });

const shop = defineApi({
  name: "shop",
  title: "Shop",
  version: "1",
  description: "Sells ${things} at 100%{percent}",
  auth: "iam",
  errorShape: { schema: z.object({ message: z.string() }), body: ({ message }) => ({ message }) },
  operations: {
    PutOrder: {
      method: "PUT",
      path: "/orders/{id}",
      summary: "Orders",
      parameters: order,
      body: z.object({ amount: z.int() }),
      success: { status: 200 },
      errors: [],
    },
    ListOrders: { method: "GET", path: "/orders", summary: "Lists", success: { status: 200 }, errors: [] },
  },
});

const throttling = { rate: 7, burst: 9 };

const rest = (
  { timeoutSeconds = 29, ...props }: Partial<RestApiProps> & { timeoutSeconds?: number } = {},
  grant?: (api: RestApi, role: Role) => void,
) =>
  synthesize((stack) => {
    const handler = new NodeFunction(stack, "Clerk", {
      handler: "connector-framework/job-status",
      description: "",
      timeoutSeconds,
      environment: { CONNECTORS_TABLE: "a", JOBS_TABLE: "b", METRICS_SERVICE: "c" },
    });
    const api = new RestApi(stack, "Api", { api: shop, handler, throttling, stageName: "shop", ...props });
    grant?.(api, new Role(stack, "Customer", { assumedBy: "ecs-tasks.amazonaws.com", description: "" }));
  });

const withOperations = (operations: Record<string, Operation>): Api => ({ ...shop, operations });

test("the API is regional, and its body is the description's document with the function behind it", () => {
  const made = rest();
  const { body, ...api } = made.one("aws_api_gateway_rest_api");
  expect(api).toEqual({
    name: "armature-dev-shop-api",
    description: shop.description,
    endpoint_configuration: { types: ["REGIONAL"] },
    disable_execute_api_endpoint: false,
  });
  const [id] = Object.keys(made.all("aws_lambda_function"));
  expect(parsed(body)).toMatchObject({
    openapi: "3.0.1",
    paths: {
      "/orders/{id}": {
        put: {
          "x-amazon-apigateway-integration": { type: "aws_proxy", uri: `\${aws_lambda_function.${id}.invoke_arn}` },
        },
      },
    },
  });
});

test("text of a description is never read as one of Terraform's templates", () => {
  const titled = { ...shop, title: "Sells ${things} at 100%{percent}" };
  const { body } = rest({ api: titled }).one("aws_api_gateway_rest_api");
  expect(
    String(body)
      .match(/[$%]\{[^}]*\}/g)
      ?.every((reference) => reference.startsWith("${aws_lambda_function.")),
  ).toBe(true);
  expect(parsed(body)).toMatchObject({ info: { title: titled.title } });
});

test("only this API's stage may invoke the function", () => {
  const made = rest();
  const [id] = Object.keys(made.all("aws_api_gateway_rest_api"));
  expect(made.one("aws_lambda_permission")).toMatchObject({
    principal: "apigateway.amazonaws.com",
    source_arn: `\${aws_api_gateway_rest_api.${id}.execution_arn}/shop/*`,
  });
});

test("the stage is traced, throttled, measured and logged", () => {
  const made = rest();
  expect(made.one("aws_api_gateway_stage")).toMatchObject({ stage_name: "shop", xray_tracing_enabled: true });
  expect(made.one("aws_api_gateway_method_settings")).toMatchObject({
    method_path: "*/*",
    settings: {
      metrics_enabled: true,
      data_trace_enabled: false,
      logging_level: "OFF",
      throttling_rate_limit: 7,
      throttling_burst_limit: 9,
    },
  });
  expect(made.one("aws_cloudwatch_metric_alarm", "Api_Failures")).toMatchObject({
    metric_query: [
      { id: "part", metric: { metric_name: "5XXError", stat: "Sum" } },
      { id: "whole", metric: { metric_name: "Count", stat: "Sum" } },
      { id: "share", return_data: true },
    ],
    threshold: 1,
  });
  expect(made.one("aws_cloudwatch_log_group", "Api_AccessLogs").name).toBe("/aws/apigateway/armature-dev-shop-api");
});

test("the access log says who did what and how it went, and shows no body, query or signature", () => {
  const { access_log_settings } = rest().one("aws_api_gateway_stage");
  const format = String(Object(access_log_settings).format);
  expect(parsed(format)).toMatchObject({ request_id: "$context.requestId", status: "$context.status" });
  expect(format).not.toMatch(/error\.message|querystring|\.path"|\$input|authorizer/);
});

test("the stage is called prod, unless it is called otherwise", () => {
  const made = synthesize((stack) => {
    const handler = new NodeFunction(stack, "Clerk", {
      handler: "connector-framework/job-status",
      description: "",
      timeoutSeconds: 1,
      environment: { CONNECTORS_TABLE: "a", JOBS_TABLE: "b", METRICS_SERVICE: "c" },
    });
    new RestApi(stack, "Api", { api: shop, handler, throttling });
  });
  expect(made.one("aws_api_gateway_stage").stage_name).toBe("prod");
});

test("a new deployment is made exactly when the document changes, or the function that it names", () => {
  const deployment = (api: Api) => rest({ api }).one("aws_api_gateway_deployment");
  const before = deployment(shop);
  expect(before).toMatchObject({ lifecycle: { create_before_destroy: true } });
  expect(deployment(shop)).toEqual(before);
  const [id] = Object.keys(rest().all("aws_lambda_function"));
  expect(before.triggers).toEqual({
    document: expect.stringMatching(/^[0-9a-f]{64}$/),
    handler: `\${aws_lambda_function.${id}.invoke_arn}`,
  });
  const { PutOrder } = shop.operations;
  expect(deployment(withOperations({ PutOrder })).triggers).not.toEqual(before.triggers);
  expect(
    deployment(withOperations({ ...shop.operations, PutOrder: { ...PutOrder, auth: "none" } })).triggers,
  ).not.toEqual(before.triggers);
});

test("a grant allows all operations, or those it names, of this API's stage", () => {
  const resources = (grant: (api: RestApi, role: Role) => void) =>
    rest({}, grant)
      .statements("Customer")
      .flatMap(({ Resource }) => Resource)
      .map((arn) => String(arn).replace(/^\$\{aws_api_gateway_rest_api\.\w+\.execution_arn\}/, ""));
  expect(resources((api, role) => api.grantInvoke(role))).toEqual(["/shop/PUT/orders/*", "/shop/GET/orders"]);
  expect(resources((api, role) => api.grantInvoke(role, ["ListOrders"]))).toEqual(["/shop/GET/orders"]);
  expect(() => resources((api, role) => api.grantInvoke(role, ["SellOrders"]))).toThrow(
    "shop has no operation SellOrders",
  );
  const twice = resources((api, role) => {
    api.grantInvoke(role, ["ListOrders"]);
    api.grantInvoke(role, ["PutOrder"]);
  });
  expect(twice.sort()).toEqual(["/shop/GET/orders", "/shop/PUT/orders/*"]);
});

test("a grant may hold a parameter of the path to one value", () => {
  const resources = (operations: readonly string[]) =>
    rest({}, (api, role) => api.grantInvoke(role, operations, { id: "o-1" }))
      .statements("Customer")
      .flatMap(({ Resource }) => Resource);
  expect(resources(["PutOrder"])).toEqual([expect.stringMatching(/\/shop\/PUT\/orders\/o-1$/)]);
  expect(() => resources(["PutOrder", "ListOrders"])).toThrow(
    "dev-shop/Api: api has an operation to grant whose path has no id",
  );
});

describe("operations that everybody may call", () => {
  const { ListOrders, PutOrder } = shop.operations;
  const open = withOperations({ ListOrders: { ...ListOrders, auth: "none" }, PutOrder });
  const pathsOf = (api: Api) => Object(parsed(rest({ api }).one("aws_api_gateway_rest_api").body)).paths;

  test("need no signature; those beside them do", () => {
    expect(pathsOf(open)["/orders"].get).not.toHaveProperty("security");
    expect(pathsOf(open)["/orders/{id}"].put).toMatchObject({ security: [{ sigv4: [] }] });
  });

  test("are all of an API that says so, but for those that say otherwise", () => {
    const api: Api = { ...shop, auth: "none", operations: { ListOrders, PutOrder: { ...PutOrder, auth: "iam" } } };
    expect(pathsOf(api)["/orders"].get).not.toHaveProperty("security");
    expect(pathsOf(api)["/orders/{id}"].put).toMatchObject({ security: [{ sigv4: [] }] });
  });

  test("are in no grant, and fail when there is nothing beside them to grant", () => {
    const made = rest({ api: open }, (api, role) => api.grantInvoke(role)).statements("Customer");
    expect(made.flatMap(({ Resource }) => Resource)).toEqual([expect.stringMatching(/\/shop\/PUT\/orders\/\*$/)]);
    const all = withOperations({ ListOrders: { ...ListOrders, auth: "none" } });
    expect(() => rest({ api: all }, (api, role) => api.grantInvoke(role))).toThrow(
      "dev-shop/Api: api has no operation that must be signed",
    );
  });
});

const operation = (changes: Partial<Operation>): Operation => ({ ...shop.operations.ListOrders, ...changes });

test.each<[string, Parameters<typeof rest>[0], string]>([
  ["throttling.rate is 0", { throttling: { rate: 0, burst: 1 } }, "throttling.rate is 0"],
  ["throttling.rate is above the account's", { throttling: { rate: 10_001, burst: 1 } }, "throttling.rate is 10001"],
  ["throttling.burst is 0", { throttling: { rate: 1, burst: 0 } }, "throttling.burst is 0"],
  ["throttling.burst is above the account's", { throttling: { rate: 1, burst: 5001 } }, "throttling.burst is 5001"],
  ["stageName has a slash", { stageName: "a/b" }, "stageName must have"],
  [
    "the function may run longer than the gateway waits",
    { timeoutSeconds: 30 },
    "handler may run 30 s, but the gateway waits 29",
  ],
  [
    "an operation's name has a hyphen",
    { api: withOperations({ "List-Orders": operation({}) }) },
    "api.List-Orders must be letters and digits",
  ],
  [
    "two operations are one route",
    { api: withOperations({ A: operation({}), B: operation({}) }) },
    "api.B is GET /orders, and so is A",
  ],
  [
    "a segment is part text, part parameter",
    { api: withOperations({ A: operation({ path: "/o-{id}", parameters: order }) }) },
    "api.A.path is /o-{id}",
  ],
  ["a path ends in a slash", { api: withOperations({ A: operation({ path: "/orders/" }) }) }, "api.A.path is /orders/"],
  ["a path is the gateway's own", { api: withOperations({ A: operation({ path: "/ping" }) }) }, "api.A.path is /ping"],
  [
    "a path's parameter is not described",
    { api: withOperations({ A: operation({ path: "/orders/{id}" }) }) },
    "api.A.parameters are none, but its path has id",
  ],
  [
    "a parameter is not in the path",
    { api: withOperations({ A: operation({ parameters: order }) }) },
    "api.A.parameters are id, but its path has none",
  ],
])("fails when %s", (_, props, problem) => {
  expect(() => rest(props)).toThrow(`dev-shop/Api: ${problem}`);
});
