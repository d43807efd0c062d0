import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import * as z from "zod";
import { block, blocks } from "./blocks.ts";
import { kind } from "./resource.ts";

export const computeEnvironment = kind(
  z.object({
    name: z.string(),
    type: z.literal("MANAGED"),
    compute_resources: block(
      z.object({
        type: z.enum(["FARGATE", "FARGATE_SPOT"]),
        max_vcpus: z.number(),
        subnets: z.array(z.string()),
        security_group_ids: z.array(z.string()),
      }),
    ),
  }),
  async ({ name, type, compute_resources: resources }, { batch }) => {
    const described = await batch.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: [name] }));
    const existing = described.computeEnvironments?.[0]?.computeEnvironmentArn;
    const made = async () =>
      await batch.send(
        new CreateComputeEnvironmentCommand({
          computeEnvironmentName: name,
          type,
          ...(resources && {
            computeResources: {
              type: resources.type,
              maxvCpus: resources.max_vcpus,
              subnets: resources.subnets,
              securityGroupIds: resources.security_group_ids,
            },
          }),
        }),
      );
    const arn = existing ?? (await made()).computeEnvironmentArn;
    return { arn, id: arn };
  },
);

export const jobQueue = kind(
  z.object({
    name: z.string(),
    priority: z.number(),
    state: z.enum(["ENABLED", "DISABLED"]),
    compute_environment_order: blocks(z.object({ order: z.number(), compute_environment: z.string() })),
  }),
  async ({ name, priority, state, compute_environment_order: order }, { batch }) => {
    const described = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [name] }));
    const existing = described.jobQueues?.[0]?.jobQueueArn;
    const made = async () =>
      await batch.send(
        new CreateJobQueueCommand({
          jobQueueName: name,
          priority,
          state,
          computeEnvironmentOrder: order.map((one) => ({
            order: one.order,
            computeEnvironment: one.compute_environment,
          })),
        }),
      );
    const arn = existing ?? (await made()).jobQueueArn;
    return { arn, id: arn };
  },
);
