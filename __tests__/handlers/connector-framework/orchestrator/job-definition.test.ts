import fc from "fast-check";
import type { Connector, ContainerProperties } from "../../../../handlers/connector-framework/model/connector.ts";
import { jobDefinition } from "../../../../handlers/connector-framework/orchestrator/job-definition.ts";

const settings = {
  apiEndpoint: "https://api.example.com/prod/",
  logGroup: "/logs/jobs",
  assignPublicIp: "DISABLED",
} as const;
const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const job = {
  custom_connector_arn_prefix: tenant,
  job_id: "ccj-0123456789ab",
  connector_id: "cc-0123456789ab",
  connector_arn: `${tenant}:custom-connector/cc-0123456789ab`,
  status: "STARTED",
  environment: [{ name: "SITE", value: "https://example.com" }],
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
} as const;
const connector = (
  cpu = 0.25,
  memory = 512,
  options: Partial<ContainerProperties> = {},
): Pick<Connector, "container_properties"> => ({
  container_properties: {
    execution_role_arn: "arn:aws:iam::123456789012:role/execution",
    image_uri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/crawler:1",
    job_role_arn: "arn:aws:iam::123456789012:role/job",
    resource_requirements: { cpu, memory },
    timeout: 3600,
    attempts: 1,
    capacity: "ON_DEMAND",
    cpu_architecture: "X86_64",
    secrets: [],
    ...options,
  },
});
const build = (environment: readonly { name: string; value: string }[] = job.environment) =>
  jobDefinition({ ...job, environment: [...environment] }, connector(), settings);

test("a definition says all that Fargate needs to run the connector's image", () => {
  expect(build()).toEqual({
    jobDefinitionName: "ccj-0123456789ab",
    type: "container",
    platformCapabilities: ["FARGATE"],
    containerProperties: {
      image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/crawler:1",
      executionRoleArn: "arn:aws:iam::123456789012:role/execution",
      jobRoleArn: "arn:aws:iam::123456789012:role/job",
      environment: [
        { name: "CUSTOM_CONNECTOR_JOB_ID", value: "ccj-0123456789ab" },
        { name: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ID", value: "cc-0123456789ab" },
        {
          name: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ARN",
          value: "arn:aws:ccf:eu-central-1:123456789012:custom-connector/cc-0123456789ab",
        },
        {
          name: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ARN_PREFIX",
          value: "arn:aws:ccf:eu-central-1:123456789012",
        },
        { name: "AWS_REGION", value: "eu-central-1" },
        { name: "CUSTOM_CONNECTOR_FRAMEWORK_API_ENDPOINT", value: "https://api.example.com/prod/" },
        { name: "SITE", value: "https://example.com" },
      ],
      secrets: [],
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
      resourceRequirements: [
        { type: "VCPU", value: "0.25" },
        { type: "MEMORY", value: "512" },
      ],
      networkConfiguration: { assignPublicIp: "DISABLED" },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/logs/jobs",
          "awslogs-region": "eu-central-1",
          "awslogs-stream-prefix": "cc-0123456789ab",
        },
      },
    },
    tags: { connector_id: "cc-0123456789ab", custom_connector_arn_prefix: tenant, job_id: "ccj-0123456789ab" },
    propagateTags: true,
  });
});

test("the caller's variables come after the framework's, in their order and untouched", () => {
  const variables = fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 50 });
  fc.assert(
    fc.property(variables, (environment) => {
      expect(build(environment).containerProperties?.environment?.slice(6)).toEqual(environment);
    }),
  );
});

test("every size is written as Batch reads it", () => {
  for (const [cpu, text] of [
    [0.25, "0.25"],
    [0.5, "0.5"],
    [1, "1"],
    [16, "16"],
  ] as const) {
    const { containerProperties } = jobDefinition({ ...job, environment: [] }, connector(cpu, 122_880), settings);
    expect(containerProperties?.resourceRequirements).toEqual([
      { type: "VCPU", value: text },
      { type: "MEMORY", value: "122880" },
    ]);
  }
});

test("a public address is given where the stage asks for it", () => {
  const { containerProperties } = jobDefinition({ ...job, environment: [] }, connector(), {
    ...settings,
    assignPublicIp: "ENABLED",
  });
  expect(containerProperties?.networkConfiguration).toEqual({ assignPublicIp: "ENABLED" });
});

test("what a connector says of its containers reaches Batch", () => {
  const { containerProperties } = jobDefinition(
    { ...job, environment: [] },
    connector(1, 2048, {
      cpu_architecture: "ARM64",
      ephemeral_storage: 100,
      log_stream_prefix: "crawlers/web",
      secrets: [{ name: "TOKEN", value_from: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf" }],
    }),
    settings,
  );
  expect(containerProperties).toMatchObject({
    runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" },
    ephemeralStorage: { sizeInGiB: 100 },
    logConfiguration: { options: { "awslogs-stream-prefix": "crawlers/web" } },
    secrets: [{ name: "TOKEN", valueFrom: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf" }],
  });
});
