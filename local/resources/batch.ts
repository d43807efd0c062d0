import {
  type BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from "@aws-sdk/client-batch";
import * as z from "zod";
import { block, blocks } from "./blocks.ts";
import { kind, type ResourceKinds } from "./resource.ts";

/** What a stack's resources make in AWS Batch. */
export const batchKinds = (batch: BatchClient): ResourceKinds =>
  new Map([
    ["aws_batch_compute_environment", computeEnvironment(batch)],
    ["aws_batch_job_queue", jobQueue(batch)],
  ]);

const computeEnvironment = (batch: BatchClient) =>
  kind(
    z.object({
      name: z.string().optional(),
      name_prefix: z.string().optional(),
      type: z.literal("MANAGED"),
      compute_resources: block(
        z.strictObject({
          type: z.enum(["FARGATE", "FARGATE_SPOT"]),
          max_vcpus: z.number(),
          subnets: z.array(z.string()),
          security_group_ids: z.array(z.string()),
        }),
      ),
    }),
    [],
    async ({ name, name_prefix, type, compute_resources: resources }, _, { address }) => {
      // A prefix is for replacing one environment by another without a gap; here there is only ever one.
      const computeEnvironmentName = name ?? name_prefix?.replace(/-$/, "");
      if (!computeEnvironmentName || !resources) throw new Error(`${address}: needs a name and compute_resources`);
      const { subnets, max_vcpus: maxvCpus, security_group_ids: securityGroupIds } = resources;
      const described = await batch.send(
        new DescribeComputeEnvironmentsCommand({ computeEnvironments: [computeEnvironmentName] }),
      );
      const existing = described.computeEnvironments?.[0]?.computeEnvironmentArn;
      if (existing !== undefined) {
        const computeResources = { maxvCpus, subnets, securityGroupIds };
        await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: existing, computeResources }));
        return { arn: existing, id: existing };
      }
      const computeResources = { type: resources.type, maxvCpus, subnets, securityGroupIds };
      const made = await batch.send(
        new CreateComputeEnvironmentCommand({ computeEnvironmentName, type, computeResources }),
      );
      return { arn: made.computeEnvironmentArn, id: made.computeEnvironmentArn };
    },
  );

const jobQueue = (batch: BatchClient) =>
  kind(
    z.object({
      name: z.string(),
      priority: z.number(),
      state: z.enum(["ENABLED", "DISABLED"]),
      compute_environment_order: blocks(z.strictObject({ order: z.number(), compute_environment: z.string() })),
      job_state_time_limit_action: blocks(
        z.strictObject({
          action: z.literal("CANCEL"),
          max_time_seconds: z.number(),
          reason: z.string(),
          state: z.literal("RUNNABLE"),
        }),
      ),
    }),
    [],
    async ({ name, priority, state, compute_environment_order, job_state_time_limit_action }) => {
      const computeEnvironmentOrder = compute_environment_order.map(({ order, compute_environment }) => ({
        order,
        computeEnvironment: compute_environment,
      }));
      const jobStateTimeLimitActions = job_state_time_limit_action.map(({ max_time_seconds, ...action }) => ({
        ...action,
        maxTimeSeconds: max_time_seconds,
      }));
      const settings = { priority, state, computeEnvironmentOrder, jobStateTimeLimitActions };
      const described = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [name] }));
      const existing = described.jobQueues?.[0]?.jobQueueArn;
      if (existing !== undefined) {
        await batch.send(new UpdateJobQueueCommand({ jobQueue: existing, ...settings }));
        return { arn: existing, id: existing };
      }
      const made = await batch.send(new CreateJobQueueCommand({ jobQueueName: name, ...settings }));
      return { arn: made.jobQueueArn, id: made.jobQueueArn };
    },
  );
