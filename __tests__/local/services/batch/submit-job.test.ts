import { CreateJobQueueCommand, type SubmitJobCommandInput, UpdateJobQueueCommand } from "@aws-sdk/client-batch";
import { arn, testBatch } from "./support.ts";

const environmentOf = (output: string) =>
  Object.fromEntries(
    output
      .trimEnd()
      .split("\n")
      .map((line) => /^\S+ ([^=]+)=(.*)$/.exec(line)?.slice(1) ?? ["not a variable", line]),
  );

test("a process has exactly the documented environment; of one name twice the last counts", async () => {
  await using batch = await testBatch({
    baseEnvironment: { AWS_REGION: "eu-west-1", SHADOWED: "base", AWS_ACCESS_KEY_ID: "local" },
  });
  await batch.register({
    containerProperties: {
      image: "any",
      command: ["env"],
      environment: [
        { name: "TWICE", value: "first" },
        { name: "with.dot", value: "kept" },
        { name: "TWICE", value: "second" },
        { name: "OVERRIDDEN", value: "definition" },
        { name: "AWS_REGION", value: "us-east-1" },
      ],
    },
  });
  const environment = [
    { name: "OVERRIDDEN", value: "submit = 'quoted' $HOME" },
    { name: "ADDED", value: "" },
  ];
  const jobId = await batch.submit({ containerOverrides: { environment } });
  const job = await batch.ended(jobId);
  expect(environmentOf(batch.output(job))).toEqual({
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    FROM_IMAGE: "image",
    SHADOWED: "base",
    AWS_ACCESS_KEY_ID: "local",
    TWICE: "second",
    "with.dot": "kept",
    OVERRIDDEN: "submit = 'quoted' $HOME",
    AWS_REGION: "us-east-1",
    ADDED: "",
    AWS_BATCH_JOB_ID: jobId,
    AWS_BATCH_JOB_ATTEMPT: "1",
    AWS_BATCH_JQ_NAME: "queue",
    AWS_BATCH_CE_NAME: "place",
  });
  expect(job.container?.environment?.map(({ name }) => name)).toEqual([
    "TWICE",
    "with.dot",
    "TWICE",
    "AWS_REGION",
    "OVERRIDDEN",
    "ADDED",
  ]);
});

test("Ref:: placeholders in the command take the job's parameters, then the definition's", async () => {
  await using batch = await testBatch();
  await batch.register({
    parameters: { who: "world", how: "loud" },
    containerProperties: {
      image: "any",
      command: ["echo", "Ref::who", "--how=Ref::how", "Ref::none", "Ref::toString"],
    },
  });
  const job = await batch.ended(await batch.submit({ parameters: { who: "you and me" } }));
  expect(batch.output(job)).toMatch(/Z you and me --how=loud Ref::none Ref::toString\n$/);
  expect(job.parameters).toEqual({ who: "you and me", how: "loud" });
});

test("command, size, timeout, retries and tags of a submission go over the definition's", async () => {
  await using batch = await testBatch();
  await batch.register({ timeout: { attemptDurationSeconds: 100 }, retryStrategy: { attempts: 2 }, tags: { a: "1" } });
  const inherited = await batch.ended(await batch.submit());
  expect(inherited).toMatchObject({
    timeout: { attemptDurationSeconds: 100 },
    retryStrategy: { attempts: 2 },
    tags: {},
  });
  const job = await batch.ended(
    await batch.submit({
      timeout: { attemptDurationSeconds: 60 },
      retryStrategy: { attempts: 1 },
      tags: { b: "2" },
      containerOverrides: { command: ["exit 5"], resourceRequirements: [{ type: "MEMORY", value: "3072" }] },
    }),
  );
  expect(job).toMatchObject({
    timeout: { attemptDurationSeconds: 60 },
    retryStrategy: { attempts: 1 },
    tags: { b: "2" },
    container: {
      exitCode: 5,
      command: ["exit 5"],
      resourceRequirements: [
        { type: "VCPU", value: "1" },
        { type: "MEMORY", value: "3072" },
      ],
    },
  });
});

test("queue and definition are found by name and by ARN; without a revision the latest is taken", async () => {
  await using batch = await testBatch();
  await batch.register();
  await batch.register();
  const definitionOf = async (jobDefinition: string, jobQueue = "queue") =>
    (await batch.describe(await batch.submit({ jobDefinition, jobQueue }))).jobDefinition;
  expect(await definitionOf("definition")).toBe(arn("job-definition/definition:2"));
  expect(await definitionOf("definition:1", arn("job-queue/queue"))).toBe(arn("job-definition/definition:1"));
  expect(await definitionOf(arn("job-definition/definition"))).toBe(arn("job-definition/definition:2"));
  expect(await definitionOf(arn("job-definition/definition:1"))).toBe(arn("job-definition/definition:1"));
});

test.each<[string, Partial<SubmitJobCommandInput>, RegExp]>([
  ["an unknown queue", { jobQueue: "none" }, /^JobQueue none not found\.$/],
  ["another region's queue", { jobQueue: arn("job-queue/queue").replace("eu-west-1", "us-east-1") }, /not found/],
  [
    "an unknown definition",
    { jobDefinition: "none" },
    /^JobDefinition name none does not exist or is not in ACTIVE status$/,
  ],
  ["an unknown revision", { jobDefinition: "definition:7" }, /does not exist/],
  ["a bad name", { jobName: "-x" }, /Job name should match valid pattern/],
  ["a long name", { jobName: "x".repeat(129) }, /Job name should match valid pattern/],
  ["an empty word", { containerOverrides: { command: [""] } }, /command cannot contain an empty string/],
  ["a reserved variable", { containerOverrides: { environment: [{ name: "AWS_BATCH", value: "" }] } }, /AWS_BATCH/],
  [
    "a size Fargate lacks",
    { containerOverrides: { resourceRequirements: [{ type: "VCPU", value: "4" }] } },
    /\(4\.00 vCPU, 2048 MiB\) not valid/,
  ],
  ["a short timeout", { timeout: { attemptDurationSeconds: 1 } }, /at least 60/],
  ["too many attempts", { retryStrategy: { attempts: 11 } }, /attempts/],
  ["dependencies", { dependsOn: [{ jobId: "x" }] }, /dependsOn/],
  ["an array", { arrayProperties: { size: 2 } }, /arrayProperties/],
  [
    "more than 30 KiB",
    { parameters: { long: "x".repeat(31 * 1024) } },
    /Job size must be less than 30 KiB, got 32 KiB/,
  ],
])("a submission with %s is refused", async (_, changes, message) => {
  await using batch = await testBatch();
  await batch.register();
  const refused = batch.submit(changes);
  await expect(refused).rejects.toMatchObject({ name: "ClientException" });
  await expect(refused).rejects.toThrow(message);
});

test("a disabled queue takes no jobs, but runs those it has; a queue of higher priority goes first", async () => {
  await using batch = await testBatch({ vcpus: 1 });
  await batch.client.send(
    new CreateJobQueueCommand({
      jobQueueName: "urgent",
      priority: 9,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: "place" }],
    }),
  );
  const blocker = await batch.run("exit 0", {
    containerOverrides: { command: ["sleep 0.3"] },
  });
  const normal = await batch.submit({ containerOverrides: { command: ["exit 0"] } });
  const urgent = await batch.submit({ jobQueue: "urgent", containerOverrides: { command: ["exit 0"] } });
  await batch.client.send(new UpdateJobQueueCommand({ jobQueue: "queue", state: "DISABLED" }));
  await expect(batch.submit()).rejects.toThrow(/disabled/);
  await Promise.all([blocker, normal, urgent].map(batch.ended));
  const starts = batch.events.filter(({ detail }) => detail.status === "STARTING").map(({ detail }) => detail.jobId);
  expect(starts).toEqual([blocker, urgent, normal]);
});
