import * as z from "zod";
import {
  Connector,
  type ConnectorFramework,
  type ConnectorProps,
  Registrar,
} from "../../constructs/connector/index.ts";
import { NodeFunction } from "../../constructs/function/index.ts";
import { LogGroup } from "../../constructs/log-group/index.ts";
import { Repository } from "../../constructs/repository/index.ts";
import { RestApi } from "../../constructs/rest-api/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { SystemStack } from "../../constructs/system-stack/index.ts";
import { string, Table } from "../../constructs/table/index.ts";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { lifecycleEvent } from "../../handlers/connector-framework/registrar/registration.ts";
import { environmentOf, parsed, synthesize, synthesizeApp } from "./synth.ts";

/** As much of the connector framework as a connector needs. */
function frameworkIn(stack: SystemStack): ConnectorFramework {
  const keys = { partitionKey: string("tenant"), sortKey: string("id") };
  const [connectors, jobs] = [new Table(stack, "Connectors", keys), new Table(stack, "Jobs", keys)];
  const names = { CONNECTORS_TABLE: connectors.name, JOBS_TABLE: jobs.name, DOCUMENTS_TABLE: "documents" };
  const schedules = { SCHEDULE_GROUP: "g", SCHEDULE_FUNCTION: "f", SCHEDULE_ROLE: "r", SCHEDULE_DEAD_LETTERS: "d" };
  const limits = {
    PAGE_TOKEN_KEY: "k",
    CONNECTOR_ROLES: "*",
    CONNECTOR_IMAGES: "*",
    CONNECTOR_QUOTA: "1",
    METRICS_SERVICE: "shop",
    JOB_QUOTA: "1",
  };
  const environment = { ...names, ...limits, ...schedules };
  const handler = new NodeFunction(stack, "ApiFunction", {
    handler: "connector-framework/api",
    description: "Serves",
    timeoutSeconds: 29,
    environment,
  });
  return {
    api: new RestApi(stack, "Api", { api: connectorFrameworkApi, handler, throttling: { rate: 1, burst: 1 } }),
    jobLogs: new LogGroup(stack, "JobLogs", { service: "batch", of: stack }),
    rolePath: "/bakers/",
    registrar: new Registrar(stack, "Registrar", {
      connectors,
      jobs,
      environment,
      schedules: {
        grantManage: ({ role }) =>
          role.grant({ verb: "ManageSchedules" }, { actions: ["scheduler:GetSchedule"], resources: ["arn"] }),
      },
    }),
  };
}

const least = { name: "web-crawler", imageTag: "1.4.0" };
const everything: Required<Omit<ConnectorProps, "framework" | "repository">> = {
  ...least,
  description: "Crawls the web",
  vcpus: 2,
  memoryMib: 8192,
  timeoutSeconds: 900,
  attempts: 3,
  capacity: "SPOT",
  cpuArchitecture: "ARM64",
  ephemeralStorageGib: 50,
  logStreamPrefix: "crawler",
  secrets: {
    TOKEN: { secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crawler-AbCdEf", key: "token" },
    PASSWORD: { secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crawler-AbCdEf", key: "password" },
    WHOLE: { secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-AbCdEf" },
    USER: { parameterArn: "arn:aws:ssm:eu-central-1:111111111111:parameter/crawler/user" },
  },
  schedule: {
    expression: "cron(0 6 ? * MON-FRI *)",
    timezone: "Europe/Berlin",
    environment: { START_AT: "https://example.com", DEPTH: "3" },
  },
};

const connector = (props: Partial<ConnectorProps> = {}, more?: (connector: Connector, stack: SystemStack) => void) =>
  synthesize((stack) => {
    const made = new Connector(stack, "Crawler", { framework: frameworkIn(stack), ...least, ...props });
    more?.(made, stack);
  });

type Made = ReturnType<typeof connector>;
const inputOf = (made: Made) => z.looseObject({}).parse(parsed(made.one("aws_lambda_invocation").input));
const reference = (type: string, id: string, attribute: string) =>
  expect.stringMatching(new RegExp(`^\\$\\{${type}\\.${id}_\\w+\\.${attribute}\\}$`));
const idOf = (made: Made) => z.string().parse(inputOf(made).connector_id);

test("every prop is in what is registered", () => {
  const made = connector(everything);
  expect(inputOf(made)).toEqual({
    connector_id: expect.stringMatching(/^cc-[0-9a-f]{12}$/),
    connector: {
      name: "web-crawler",
      description: "Crawls the web",
      container_properties: {
        image_uri: expect.stringMatching(/^\$\{aws_ecr_repository\.Crawler_Images_\w+\.repository_url\}:1\.4\.0$/),
        execution_role_arn: reference("aws_iam_role", "Crawler_ExecutionRole", "arn"),
        job_role_arn: reference("aws_iam_role", "Crawler_JobRole", "arn"),
        resource_requirements: { cpu: 2, memory: 8192 },
        timeout: 900,
        attempts: 3,
        capacity: "SPOT",
        cpu_architecture: "ARM64",
        ephemeral_storage: 50,
        log_stream_prefix: "crawler",
        secrets: [
          {
            name: "PASSWORD",
            value_from: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crawler-AbCdEf:password::",
          },
          {
            name: "TOKEN",
            value_from: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crawler-AbCdEf:token::",
          },
          { name: "USER", value_from: "arn:aws:ssm:eu-central-1:111111111111:parameter/crawler/user" },
          { name: "WHOLE", value_from: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-AbCdEf" },
        ],
      },
    },
    schedule: {
      schedule_expression: "cron(0 6 ? * MON-FRI *)",
      timezone: "Europe/Berlin",
      environment: [
        { name: "DEPTH", value: "3" },
        { name: "START_AT", value: "https://example.com" },
      ],
    },
  });
});

test("what it does not say is left to the API", () => {
  const { connector: registered, schedule } = inputOf(connector());
  expect(registered).toEqual({
    name: "web-crawler",
    container_properties: {
      image_uri: expect.any(String),
      execution_role_arn: expect.any(String),
      job_role_arn: expect.any(String),
      secrets: [],
    },
  });
  expect(schedule).toBeUndefined();
});

test("the registrar understands what it is sent", () => {
  const input = inputOf(connector(everything));
  expect(lifecycleEvent.parse({ ...input, tf: { action: "create", prev_input: null } })).toMatchObject(input);
});

test("it is registered by the registrar, once that may act and its roles have their rights, and taken back before they go", () => {
  const made = connector(everything);
  const { function_name, lifecycle_scope, depends_on } = made.one("aws_lambda_invocation");
  expect(function_name).toEqual(reference("aws_lambda_function", "Registrar_Function", "function_name"));
  expect(lifecycle_scope).toBe("CRUD");
  const names = z.array(z.string()).parse(depends_on);
  expect(names.map((name) => name.replace(/^aws_iam_role_policy\./, "").replace(/_[0-9A-F]{8}$/, "")).sort()).toEqual([
    "Crawler_ExecutionRole_PullFromCrawlerImages",
    "Crawler_ExecutionRole_ReadSecrets",
    "Crawler_ExecutionRole_WriteToJobLogs",
    expect.stringMatching(/^Crawler_JobRole_InvokeApi/),
    "Registrar_Function_Role_ManageSchedules",
    expect.stringMatching(/^Registrar_Function_Role_UseConnectors/),
    expect.stringMatching(/^Registrar_Function_Role_UseJobs/),
  ]);
});

describe("its roles", () => {
  test("are those that jobs may be given, for ECS tasks only", () => {
    const made = connector();
    for (const id of ["Crawler_ExecutionRole", "Crawler_JobRole"]) {
      const { path, assume_role_policy } = made.one("aws_iam_role", id);
      expect(path).toBe("/bakers/");
      expect(parsed(assume_role_policy)).toMatchObject({
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } }],
      });
    }
    expect(made.all("aws_iam_role_policy_attachment")).toEqual({});
  });

  test("start containers: pull from its repository, write to the jobs' log, and nothing else", () => {
    expect(connector().statements("Crawler_ExecutionRole")).toEqual([
      {
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [reference("aws_ecr_repository", "Crawler_Images", "arn")],
      },
      { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.JobLogs_\w+\.arn\}:\*$/)],
      },
    ]);
  });

  test("read the secrets it names, each once, and no others", () => {
    const statements = connector(everything).statements("Crawler_ExecutionRole_ReadSecrets");
    expect(statements).toEqual([
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: [
          "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crawler-AbCdEf",
          "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-AbCdEf",
        ],
      },
      {
        Effect: "Allow",
        Action: ["ssm:GetParameters"],
        Resource: ["arn:aws:ssm:eu-central-1:111111111111:parameter/crawler/user"],
      },
    ]);
  });

  test("let a container keep its own connector's checkpoint and documents, and no other's", () => {
    const made = connector();
    const [statement, ...others] = made.statements("Crawler_JobRole");
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Effect: "Allow", Action: ["execute-api:Invoke"] });
    const resources = z.array(z.string()).parse(statement?.Resource);
    const api = /^\$\{aws_api_gateway_rest_api\.Api_\w+\.execution_arn\}/;
    const own = `/api/v1/custom-connectors/${idOf(made)}`;
    expect(resources.map((arn) => arn.replace(api, "")).sort()).toEqual([
      `/prod/DELETE${own}/checkpoint`,
      `/prod/DELETE${own}/documents`,
      `/prod/GET${own}/checkpoint`,
      `/prod/GET${own}/documents`,
      `/prod/POST${own}/documents`,
      `/prod/PUT${own}/checkpoint`,
    ]);
  });

  test("may do what is granted to the connector beside that", () => {
    const made = connector({}, (crawler, stack) => {
      new Table(stack, "Pages", { partitionKey: string("url") }).grant(crawler, "PutItem");
    });
    expect(made.statements("Crawler_JobRole").flatMap(({ Action }) => Action)).toEqual([
      "execute-api:Invoke",
      "dynamodb:PutItem",
    ]);
  });
});

describe("its id", () => {
  test("is the same on every synthesis, whatever else changes", () => {
    const id = idOf(connector());
    expect(idOf(connector(everything))).toBe(id);
    expect(idOf(connector({}, (_, stack) => void new Role(stack, "Other", { assumedBy: "x", description: "" })))).toBe(
      id,
    );
  });

  test("tells it from every other connector of the stack, and from its like on another stage", () => {
    const ids = new Set<string>();
    synthesize((stack) => {
      const framework = frameworkIn(stack);
      for (const id of ["Crawler", "Second"]) ids.add(new Connector(stack, id, { framework, ...least }).connectorId);
    });
    const add = (stack: SystemStack) =>
      void ids.add(new Connector(stack, "Crawler", { framework: frameworkIn(stack), ...least }).connectorId);
    const environment = environmentOf({ stage: "staging" });
    synthesizeApp(environment, ({ app, ...props }) => {
      const stack = new SystemStack(app, "shop", props);
      add(stack);
      return stack.node;
    });
    expect(ids.size).toBe(3);
  });
});

test("two connectors may share a repository", () => {
  const made = synthesize((stack) => {
    const framework = frameworkIn(stack);
    const repository = new Repository(stack, "Images");
    for (const id of ["Crawler", "Second"]) new Connector(stack, id, { framework, repository, ...least });
  });
  expect(Object.keys(made.all("aws_ecr_repository"))).toHaveLength(1);
  expect(Object.keys(made.all("aws_lambda_invocation"))).toHaveLength(2);
});

test("what it registered with can be told", () => {
  const made = connector({}, (crawler, stack) => {
    new Role(stack, "Reader", { assumedBy: "lambda.amazonaws.com", description: crawler.result });
  });
  expect(made.one("aws_iam_role", "Reader").description).toEqual(
    reference("aws_lambda_invocation", "Crawler_Registration", "result"),
  );
});

test("secrets that are known only when Terraform applies are taken as they come", () => {
  const made = synthesize((stack) => {
    const { arn } = new Role(stack, "Stand", { assumedBy: "x", description: "" });
    const secrets = { TOKEN: { secretArn: arn } };
    new Connector(stack, "Second", { framework: frameworkIn(stack), ...least, secrets });
  });
  expect(made.statements("Second_ExecutionRole_ReadSecrets")[0]?.Resource).toEqual([
    reference("aws_iam_role", "Stand", "arn"),
  ]);
});

test.each<[string, Partial<ConnectorProps>, string]>([
  ["name has a space", { name: "web crawler" }, "name: only letters, digits and hyphens"],
  ["description is too short", { description: "x" }, "description: "],
  ["description would be a template", { description: "costs ${money}" }, '"costs ${money}" has ${ or %{'],
  ["imageTag is none", { imageTag: "a/b" }, 'imageTag is "a/b"'],
  ["imageTag is one that would have to move", { imageTag: "latest" }, "imageTag is latest"],
  ["vcpus are none of Fargate's", { vcpus: 3, memoryMib: 8192 }, "vcpus: must be one of"],
  ["memoryMib does not go with the vCPUs", { vcpus: 2 }, "memoryMib: with 2 vCPU must be"],
  ["timeoutSeconds is under a minute", { timeoutSeconds: 59 }, "timeoutSeconds: "],
  ["attempts are none", { attempts: 0 }, "attempts: "],
  ["ephemeralStorageGib is what there is anyway", { ephemeralStorageGib: 20 }, "ephemeralStorageGib: "],
  ["logStreamPrefix has a colon", { logStreamPrefix: "a:b" }, "logStreamPrefix: only"],
  ["a secret's ARN is none", { secrets: { TOKEN: { secretArn: "secret" } } }, "secrets.TOKEN: must be the ARN"],
  [
    "a secret's name is the framework's",
    { secrets: { AWS_REGION: { parameterArn: "arn:aws:ssm:eu-central-1:111111111111:parameter/a" } } },
    "secrets.AWS_REGION: is reserved",
  ],
  ["the schedule is none", { schedule: { expression: "daily" } }, "schedule.expression: must be rate("],
  ["its time zone is empty", { schedule: { expression: "rate(1 day)", timezone: "" } }, "schedule.timezone: "],
  [
    "its variables are the framework's",
    { schedule: { expression: "rate(1 day)", environment: { CUSTOM_CONNECTOR_JOB_ID: "x" } } },
    "schedule.environment.CUSTOM_CONNECTOR_JOB_ID: is reserved",
  ],
])("fails when %s", (_, props, problem) => {
  expect(() => connector(props)).toThrow(`dev-shop/Crawler: ${problem}`);
});

test("every problem is told at once", () => {
  expect(() => connector({ name: "x", attempts: 11, imageTag: "latest" })).toThrow(
    /imageTag is latest.*\n.*name: .*\n.*attempts: /,
  );
});

describe("the registrar", () => {
  test("has as long as a function can, and what the operations it uses need of the tables", () => {
    const made = connector();
    expect(made.one("aws_lambda_function", "Registrar")).toMatchObject({ timeout: 900 });
    const actions = made.statements("Registrar").map(({ Action }) => Action);
    expect(actions).toContainEqual([
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]);
    expect(actions).toContainEqual(["dynamodb:GetItem", "dynamodb:UpdateItem"]);
  });
});
