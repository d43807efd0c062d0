import {
  type ContainerProperties,
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  type DescribeJobDefinitionsCommandInput,
  paginateDescribeJobDefinitions,
} from "@aws-sdk/client-batch";
import { arn, definition, testBatch } from "./support.ts";

const size = (vcpu: string, memory: string) => [
  { type: "VCPU" as const, value: vcpu },
  { type: "MEMORY" as const, value: memory },
];

test("each registration of a name is a new revision", async () => {
  await using batch = await testBatch();
  expect(await batch.register()).toBe(arn("job-definition/definition:1"));
  expect(await batch.register()).toBe(arn("job-definition/definition:2"));
  expect(await batch.register({ jobDefinitionName: "Definition" })).toBe(arn("job-definition/Definition:1"));
});

test("a definition is described as it was registered", async () => {
  await using batch = await testBatch();
  const request = definition({
    parameters: { speed: "fast" },
    tags: { team: "a" },
    timeout: { attemptDurationSeconds: 60 },
    propagateTags: true,
    retryStrategy: { attempts: 2, evaluateOnExit: [{ onReason: "Cannot*", action: "EXIT" }] },
    containerProperties: {
      environment: [{ name: "A", value: "1" }],
      jobRoleArn: "arn:aws:iam::000000000000:role/job",
      secrets: [{ name: "TOKEN", valueFrom: "arn:aws:ssm:eu-west-1:000000000000:parameter/token" }],
      ephemeralStorage: { sizeInGiB: 21 },
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" },
      networkConfiguration: { assignPublicIp: "DISABLED" },
      fargatePlatformConfiguration: { platformVersion: "LATEST" },
      logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/mine" } },
      readonlyRootFilesystem: true,
    },
  });
  await batch.register(request);
  const { jobDefinitions } = await batch.client.send(new DescribeJobDefinitionsCommand({}));
  expect(jobDefinitions).toEqual([
    {
      ...request,
      jobDefinitionArn: arn("job-definition/definition:1"),
      revision: 1,
      status: "ACTIVE",
      containerOrchestrationType: "ECS",
      containerProperties: { ...request.containerProperties, volumes: [], mountPoints: [], ulimits: [] },
    },
  ]);
});

test.each<[string, ContainerProperties, RegExp]>([
  ["no vCPU", { resourceRequirements: [{ type: "MEMORY", value: "512" }] }, /vCPU is not provided\./],
  ["no memory", { resourceRequirements: [{ type: "VCPU", value: "1" }] }, /Memory is not provided\./],
  ["a pair Fargate lacks", { resourceRequirements: size("1", "4000") }, /\(1\.00 vCPU, 4000 MiB\) not valid\./],
  ["a vCPU Fargate lacks", { resourceRequirements: size("3", "8192") }, /\(3\.00 vCPU, 8192 MiB\) not valid\./],
  ["a number that is none", { resourceRequirements: size("one", "2048") }, /Value one for type VCPU .* numeric/],
  ["a GPU", { resourceRequirements: [...size("1", "2048"), { type: "GPU", value: "1" }] }, /VCPU and MEMORY/],
  ["a size twice", { resourceRequirements: [...size("1", "2048"), ...size("1", "2048")] }, /more than one VCPU/],
  ["vcpus", { vcpus: 1 }, /vcpus is not applicable for Fargate\. Use resource requirements instead\./],
  ["no execution role", { executionRoleArn: "" }, /executionRoleArn/],
  ["no image", { image: "" }, /image/],
  ["a secret whose name no shell hands on", { secrets: [{ name: "a.b", valueFrom: "p" }] }, /letters, digits and/],
  ["a reserved secret", { secrets: [{ name: "AWS_BATCH_X", valueFrom: "p" }] }, /cannot start with "AWS_BATCH"/],
  ["a secret from nowhere", { secrets: [{ name: "S", valueFrom: "" }] }, /secrets\.0\.valueFrom/],
  ["an unknown processor", { runtimePlatform: { cpuArchitecture: "RISCV" } }, /runtimePlatform\.cpuArchitecture/],
  ["Windows", { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }, /LINUX family only/],
  ["too much storage", { ephemeralStorage: { sizeInGiB: 201 } }, /ephemeralStorage\.sizeInGiB/],
  ["a volume", { volumes: [{ name: "v" }] }, /a local job has no volumes/],
  ["privileged", { privileged: true }, /privileged is not applicable/],
  ["a reserved variable", { environment: [{ name: "AWS_BATCH_X", value: "1" }] }, /cannot start with "AWS_BATCH"/],
  ["too little storage", { ephemeralStorage: { sizeInGiB: 20 } }, /ephemeralStorage\.sizeInGiB/],
  ["another log driver", { logConfiguration: { logDriver: "splunk" } }, /awslogs/],
  ["a field unknown here", { repositoryCredentials: { credentialsParameter: "p" } }, /repositoryCredentials/],
])("a container with %s is refused", async (_, containerProperties, message) => {
  await using batch = await testBatch();
  const refused = batch.register({ containerProperties });
  await expect(refused).rejects.toMatchObject({
    name: "ClientException",
    $metadata: { httpStatusCode: 400 },
    message: expect.stringMatching(/^Error executing request, Exception : .*, RequestId: [0-9a-f-]{36}$/),
  });
  await expect(refused).rejects.toThrow(message);
});

test.each([
  ["a bad name", { jobDefinitionName: "a b" }, /Job definition name should match valid pattern/],
  ["another type", { type: "multinode" as const }, /single-container/],
  ["EC2", { platformCapabilities: ["EC2" as const] }, /FARGATE jobs only/],
  ["a short timeout", { timeout: { attemptDurationSeconds: 59 } }, /at least 60 seconds/],
  ["no attempts", { retryStrategy: { attempts: 0 } }, /attempts/],
  [
    "rules without attempts",
    { retryStrategy: { evaluateOnExit: [{ onExitCode: "1", action: "EXIT" as const }] } },
    /needs attempts/,
  ],
  [
    "a rule without condition",
    { retryStrategy: { attempts: 1, evaluateOnExit: [{ action: "EXIT" as const }] } },
    /a rule needs/,
  ],
  [
    "six rules",
    { retryStrategy: { attempts: 1, evaluateOnExit: Array(6).fill({ onExitCode: "1", action: "EXIT" }) } },
    /evaluateOnExit/,
  ],
  [
    "a bad exit code",
    { retryStrategy: { attempts: 1, evaluateOnExit: [{ onExitCode: "a", action: "EXIT" as const }] } },
    /onExitCode/,
  ],
  ["51 tags", { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ""])) }, /at most 50 tags/],
  ["a tag of AWS", { tags: { "aws:x": "1" } }, /aws:/],
])("a definition with %s is refused", async (_, changes, message) => {
  await using batch = await testBatch();
  await expect(batch.register(changes)).rejects.toThrow(message);
});

test("a deregistered definition is INACTIVE, still described, and no longer submitted", async () => {
  await using batch = await testBatch();
  await batch.register();
  await batch.register();
  await batch.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: "definition:2" }));
  const inactive = await batch.client.send(new DescribeJobDefinitionsCommand({ status: "INACTIVE" }));
  expect(inactive.jobDefinitions?.map(({ revision }) => revision)).toEqual([2]);
  const job = await batch.describe(await batch.submit());
  expect(job.jobDefinition).toBe(arn("job-definition/definition:1"));
  await expect(batch.submit({ jobDefinition: "definition:2" })).rejects.toThrow(
    "JobDefinition name definition:2 does not exist or is not in ACTIVE status",
  );
  expect(await batch.register()).toBe(arn("job-definition/definition:3"));
  const unknown = batch.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: "definition:9" }));
  await expect(unknown).rejects.toMatchObject({ name: "ClientException" });
});

test("definitions are found by name, by ARN, by name:revision, and in pages", async () => {
  await using batch = await testBatch();
  for (const jobDefinitionName of ["a", "b", "a"]) await batch.register({ jobDefinitionName });
  const found = async (input: DescribeJobDefinitionsCommandInput) => {
    const { jobDefinitions = [] } = await batch.client.send(new DescribeJobDefinitionsCommand(input));
    return jobDefinitions.map(({ jobDefinitionName, revision }) => `${jobDefinitionName}:${revision}`);
  };
  expect(await found({ jobDefinitionName: "a" })).toEqual(["a:2", "a:1"]);
  expect(await found({ jobDefinitions: [arn("job-definition/b:1"), "a:1", "c:1"] })).toEqual(["b:1", "a:1"]);
  expect(await found({ jobDefinitionName: "none" })).toEqual([]);
  await expect(found({ jobDefinitions: ["a:1"], status: "ACTIVE" })).rejects.toThrow(/cannot be used with other/);
  const pages: number[] = [];
  for await (const page of paginateDescribeJobDefinitions({ client: batch.client, pageSize: 2 }, {})) {
    pages.push(page.jobDefinitions?.length ?? 0);
  }
  expect(pages).toEqual([2, 1]);
});
