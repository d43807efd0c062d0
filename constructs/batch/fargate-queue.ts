import { BatchComputeEnvironment } from "@cdktf/provider-aws/lib/batch-compute-environment/index.js";
import { BatchJobQueue } from "@cdktf/provider-aws/lib/batch-job-queue/index.js";
import type { Construct } from "constructs";
import { nameFor, namePrefixFor } from "../system-stack/index.ts";

/** Why a job at the head of a queue does not start, as far as it will not by itself (AWS Batch: Jobs stuck in RUNNABLE). */
const stuckReasons = [
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
  "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
] as const;

export interface FargateQueueProps {
  readonly type: "FARGATE" | "FARGATE_SPOT";
  readonly maxVcpus: number;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly stuckSeconds: number;
}

/** Capacity of one kind, and the queue of the jobs that run on it. */
export interface FargateQueue {
  readonly computeEnvironment: BatchComputeEnvironment;
  readonly resource: BatchJobQueue;
}

/** Makes a queue and its capacity, named for their scope. */
export function fargateQueue(scope: Construct, props: FargateQueueProps): FargateQueue {
  const computeEnvironment = new BatchComputeEnvironment(scope, "Fargate", {
    // One that a queue uses cannot be deleted, so a replacement has to be there, under another name, before.
    namePrefix: namePrefixFor("compute-environment", scope),
    lifecycle: { createBeforeDestroy: true },
    type: "MANAGED",
    computeResources: {
      type: props.type,
      maxVcpus: props.maxVcpus,
      subnets: [...props.subnetIds],
      securityGroupIds: [props.securityGroupId],
    },
  });
  const resource = new BatchJobQueue(scope, "Resource", {
    name: nameFor("job-queue", scope),
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironment.arn }],
    jobStateTimeLimitAction: stuckReasons.map((reason) => ({
      action: "CANCEL",
      state: "RUNNABLE",
      maxTimeSeconds: props.stuckSeconds,
      reason,
    })),
  });
  return { computeEnvironment, resource };
}
