import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from "@aws-sdk/client-batch";
import { signedFetch } from "../../signatures/signed.ts";
import { arn, region, testBatch } from "./support.ts";

const post = (url: string, body: string) => signedFetch({ service: "batch", region, url, body });

test("the compute environment and the queue are described as they were created", async () => {
  await using batch = await testBatch();
  const environments = await batch.client.send(new DescribeComputeEnvironmentsCommand({}));
  expect(environments.computeEnvironments).toEqual([
    {
      computeEnvironmentName: "place",
      computeEnvironmentArn: arn("compute-environment/place"),
      type: "MANAGED",
      state: "ENABLED",
      status: "VALID",
      statusReason: "ComputeEnvironment Healthy",
      containerOrchestrationType: "ECS",
      computeResources: { type: "FARGATE", maxvCpus: 16, subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
      tags: {},
    },
  ]);
  const queues = await batch.client.send(new DescribeJobQueuesCommand({ jobQueues: [arn("job-queue/queue"), "none"] }));
  expect(queues.jobQueues).toEqual([
    {
      jobQueueName: "queue",
      jobQueueArn: arn("job-queue/queue"),
      state: "ENABLED",
      status: "VALID",
      statusReason: "JobQueue Healthy",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: arn("compute-environment/place") }],
      tags: {},
    },
  ]);
});

test("what exists already, and what refers to nothing, is refused", async () => {
  await using batch = await testBatch();
  const order = (computeEnvironment: string) => [{ order: 1, computeEnvironment }];
  const queue = (jobQueueName: string, environment: string) =>
    batch.client.send(
      new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder: order(environment) }),
    );
  await expect(queue("queue", "place")).rejects.toThrow(/Object already exists/);
  await expect(queue("other", "none")).rejects.toThrow(/none does not exist/);
  const ec2 = { type: "EC2" as const, maxvCpus: 1, subnets: ["s"], securityGroupIds: ["g"] };
  const environment = new CreateComputeEnvironmentCommand({
    computeEnvironmentName: "x",
    type: "MANAGED",
    computeResources: ec2,
  });
  await expect(batch.client.send(environment)).rejects.toThrow(/FARGATE and FARGATE_SPOT only/);
  await expect(batch.client.send(new UpdateJobQueueCommand({ jobQueue: "none" }))).rejects.toThrow(/not found/);
});

test("a larger or enabled compute environment lets waiting jobs start", async () => {
  await using batch = await testBatch();
  const update = (changes: { state?: "ENABLED" | "DISABLED"; computeResources?: { maxvCpus: number } }) =>
    batch.client.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: "place", ...changes }));
  await update({ state: "DISABLED", computeResources: { maxvCpus: 1 } });
  const small = await batch.run("exit 0");
  const size = [
    { type: "VCPU" as const, value: "4" },
    { type: "MEMORY" as const, value: "8192" },
  ];
  const large = await batch.run("exit 0", { containerOverrides: { resourceRequirements: size } });
  expect((await batch.describe(small)).status).toBe("RUNNABLE");
  await update({ state: "ENABLED" });
  await batch.ended(small);
  expect((await batch.describe(large)).status).toBe("RUNNABLE");
  await update({ computeResources: { maxvCpus: 4 } });
  expect((await batch.ended(large)).status).toBe("SUCCEEDED");
});

test("what becomes of a job that waits too long is described as it was said, and said anew", async () => {
  await using batch = await testBatch();
  const action = { reason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", state: "RUNNABLE", action: "CANCEL" } as const;
  const actions = async () => {
    const { jobQueues = [] } = await batch.client.send(new DescribeJobQueuesCommand({ jobQueues: ["limited"] }));
    return jobQueues[0]?.jobStateTimeLimitActions;
  };
  await batch.client.send(
    new CreateJobQueueCommand({
      ...{ jobQueueName: "limited", priority: 1 },
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: "place" }],
      jobStateTimeLimitActions: [{ ...action, maxTimeSeconds: 600 }],
    }),
  );
  expect(await actions()).toEqual([{ ...action, maxTimeSeconds: 600 }]);
  const update = (maxTimeSeconds: number) =>
    batch.client.send(
      new UpdateJobQueueCommand({ jobQueue: "limited", jobStateTimeLimitActions: [{ ...action, maxTimeSeconds }] }),
    );
  await update(86_400);
  expect(await actions()).toEqual([{ ...action, maxTimeSeconds: 86_400 }]);
  await expect(update(599)).rejects.toThrow(/jobStateTimeLimitActions\.0\.maxTimeSeconds/);
});

test("a job goes to the first compute environment of its queue's order that has room", async () => {
  await using batch = await testBatch({ vcpus: 1 });
  const computeResources = { type: "FARGATE_SPOT" as const, maxvCpus: 1, subnets: ["s"], securityGroupIds: ["g"] };
  await batch.client.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: "Second", type: "MANAGED", computeResources }),
  );
  const computeEnvironmentOrder = [
    { order: 2, computeEnvironment: arn("compute-environment/Second") },
    { order: 1, computeEnvironment: "place" },
  ];
  await batch.client.send(new UpdateJobQueueCommand({ jobQueue: "queue", computeEnvironmentOrder }));
  const gate = join(batch.directory, "open");
  const script = `echo $AWS_BATCH_CE_NAME; while [ ! -e ${gate} ]; do sleep 0.02; done`;
  const jobs = [await batch.run(script), await batch.run(script), await batch.run(script)];
  await Promise.all(jobs.slice(0, 2).map((jobId) => batch.when(jobId, "RUNNING")));
  writeFileSync(gate, "");
  const ended = await Promise.all(jobs.map(batch.ended));
  expect(ended.map((job) => batch.output(job).trim().split(" ").at(-1)).slice(0, 2)).toEqual(["place", "Second"]);
  const third = batch.events.findIndex(({ detail }) => detail.jobId === jobs[2] && detail.status === "STARTING");
  const firstEnd = batch.events.findIndex(({ detail }) => detail.status === "SUCCEEDED");
  expect(third).toBeGreaterThan(firstEnd);
});

test("tags are listed, added and taken away on every kind of resource", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run("exit 0", { tags: { a: "1", "odd key/ä": "x y" } });
  for (const resource of [
    "compute-environment/place",
    "job-queue/queue",
    "job-definition/definition:1",
    `job/${jobId}`,
  ]) {
    const resourceArn = arn(resource);
    const tags = async () => (await batch.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    const before = await tags();
    await batch.client.send(new TagResourceCommand({ resourceArn, tags: { b: "2", c: "3" } }));
    expect(await tags()).toEqual({ ...before, b: "2", c: "3" });
    await batch.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["b", "c", "odd key/ä"] }));
    expect(await tags()).toEqual(before?.a ? { a: "1" } : {});
  }
  for (const resourceArn of [arn("job-queue/none"), "queue"]) {
    const listed = batch.client.send(new ListTagsForResourceCommand({ resourceArn }));
    await expect(listed).rejects.toMatchObject({ name: "ClientException" });
  }
});

test("an operation this server does not have is answered 404, never with something made up", async () => {
  await using batch = await testBatch();
  await expect(batch.client.send(new CreateSchedulingPolicyCommand({ name: "fair" }))).rejects.toMatchObject({
    name: "UnknownOperationException",
    $metadata: { httpStatusCode: 404 },
    message: "The local Batch has no operation POST /v1/createschedulingpolicy.",
  });
  const url = `${batch.batch.endpoint}/v1/describejobs`;
  const wrongMethod = await signedFetch({ service: "batch", region, url, method: "GET" });
  expect(wrongMethod.status).toBe(404);
});

test("a request without a signature, one that is not JSON and one that is too large are refused", async () => {
  await using batch = await testBatch();
  const url = `${batch.batch.endpoint}/v1/describejobs`;
  const unsigned = await fetch(url, { method: "POST", body: "{}" });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toEqual({ message: "Request is missing Authentication Token" });
  expect(unsigned.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
  const broken = await post(url, "{");
  expect([broken.status, broken.headers.get("x-amzn-errortype")]).toEqual([400, "SerializationException"]);
  for (const body of ["null", "[]", '"jobs"', '{"jobs":"x"}']) {
    const refused = await post(url, body);
    expect([refused.status, refused.headers.get("x-amzn-errortype")]).toEqual([400, "ClientException"]);
  }
  expect((await post(url, JSON.stringify({ jobs: ["x".repeat(1024 * 1024)] }))).status).toBe(413);
});

test("the server listens on the loopback address, on the port it is told, and frees it", async () => {
  const first = await testBatch({ keep: true });
  const { hostname, port } = new URL(first.batch.endpoint);
  expect(hostname).toBe("127.0.0.1");
  await expect(testBatch({ port: Number(port) })).rejects.toThrow(/EADDRINUSE/);
  const idle = request(first.batch.endpoint, { agent: false });
  idle.on("error", () => undefined);
  await first[Symbol.asyncDispose]();
  idle.destroy();
  await using second = await testBatch({ port: Number(port), dataDirectory: first.directory });
  expect(second.batch.endpoint).toBe(first.batch.endpoint);
});
