import { DescribeComputeEnvironmentsCommand, DescribeJobQueuesCommand } from "@aws-sdk/client-batch";
import { createIam } from "../../../local/iam/index.ts";
import { batchKinds } from "../../../local/resources/batch.ts";
import type { StageContext } from "../../../local/resources/stage-context.ts";
import { accountId, arn, region, testBatch } from "../services/batch/support.ts";

const context: StageContext = {
  ...{ region, accountId, namePrefix: "armature-local-", url: "http://127.0.0.1:1" },
  directories: { functions: "/nowhere", logs: "/nowhere" },
  serviceEndpoints: {},
  iam: createIam({ region, accountId }),
  declarations: { functions: new Map(), mappings: [], invocations: [], apis: new Map() },
};

test("a queue of spare capacity stands beside the other, and both follow the stack at the next start", async () => {
  await using batch = await testBatch();
  const kinds = batchKinds(batch.client);
  const make = (type: string, id: string, body: Record<string, unknown>) =>
    kinds.get(type)?.({ stack: "local-a", address: `${type}.${id}`, body, directory: "/nowhere" }, context);
  const start = async (priority: number, max_vcpus: number) => {
    const environment = (type: string) =>
      make("aws_batch_compute_environment", type, {
        name_prefix: `${type.toLowerCase().replace("_", "-")}-`,
        type: "MANAGED",
        compute_resources: { type, max_vcpus, subnets: ["subnet-1"], security_group_ids: ["sg-1"] },
      });
    const queue = (name: string, compute_environment: unknown) =>
      make("aws_batch_job_queue", name, {
        ...{ name, priority, state: "ENABLED" },
        compute_environment_order: [{ order: 1, compute_environment }],
        job_state_time_limit_action: [
          {
            action: "CANCEL",
            max_time_seconds: 600,
            reason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
            state: "RUNNABLE",
          },
        ],
      });
    await queue("on-demand", (await environment("FARGATE"))?.arn);
    await queue("spare", (await environment("FARGATE_SPOT"))?.arn);
  };
  await start(1, 4);
  await start(2, 8);
  const names = ["fargate-spot", "fargate"];
  const described = await batch.client.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: names }));
  expect(described.computeEnvironments?.map(({ computeResources }) => computeResources)).toMatchObject([
    { type: "FARGATE_SPOT", maxvCpus: 8 },
    { type: "FARGATE", maxvCpus: 8 },
  ]);
  const { jobQueues } = await batch.client.send(new DescribeJobQueuesCommand({ jobQueues: ["spare"] }));
  expect(jobQueues).toMatchObject([
    {
      priority: 2,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: arn("compute-environment/fargate-spot") }],
      jobStateTimeLimitActions: [{ action: "CANCEL", maxTimeSeconds: 600, state: "RUNNABLE" }],
    },
  ]);
  await batch.register({ containerProperties: { command: ["echo $AWS_BATCH_JQ_NAME $AWS_BATCH_CE_NAME"] } });
  const job = await batch.ended(await batch.submit({ jobQueue: "spare" }));
  expect(batch.output(job)).toContain("spare fargate-spot");
});
