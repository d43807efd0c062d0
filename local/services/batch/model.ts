import * as z from "zod";
import {
  containerProperties,
  jobStateTimeLimitActions,
  jobTimeout,
  parameters,
  retryStrategy,
  tags,
} from "./container.ts";

// What is on disk, one object a file. Schemas, because a file is read by a later process than wrote it.

/** Order of creation within a kind: lists are sorted by it and pages continue from it. */
const sequence = z.int().positive();

export const computeEnvironment = z.strictObject({
  sequence,
  computeEnvironmentName: z.string(),
  computeEnvironmentArn: z.string(),
  state: z.enum(["ENABLED", "DISABLED"]),
  serviceRole: z.string().optional(),
  computeResources: z.strictObject({
    type: z.enum(["FARGATE", "FARGATE_SPOT"]),
    maxvCpus: z.int(),
    subnets: z.array(z.string()),
    securityGroupIds: z.array(z.string()),
  }),
  tags,
});
export type ComputeEnvironment = z.output<typeof computeEnvironment>;

export const jobQueue = z.strictObject({
  sequence,
  jobQueueName: z.string(),
  jobQueueArn: z.string(),
  state: z.enum(["ENABLED", "DISABLED"]),
  priority: z.int(),
  /** ARNs, in the order they are tried. */
  computeEnvironmentOrder: z.array(z.strictObject({ order: z.int(), computeEnvironment: z.string() })),
  jobStateTimeLimitActions: jobStateTimeLimitActions.optional(),
  tags,
});
export type JobQueue = z.output<typeof jobQueue>;

export const jobDefinition = z.strictObject({
  sequence,
  jobDefinitionName: z.string(),
  jobDefinitionArn: z.string(),
  revision: z.int().positive(),
  status: z.enum(["ACTIVE", "INACTIVE"]),
  type: z.literal("container"),
  parameters,
  retryStrategy: retryStrategy.optional(),
  timeout: jobTimeout.optional(),
  containerProperties,
  propagateTags: z.boolean().optional(),
  platformCapabilities: z.tuple([z.literal("FARGATE")]),
  tags,
});
export type JobDefinition = z.output<typeof jobDefinition>;

export const jobStatuses = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"] as const;
export type JobStatus = (typeof jobStatuses)[number];

const milliseconds = z.number();

/** What one attempt left behind; a container that never ran has no exitCode. */
const taskOutcome = {
  taskArn: z.string().optional(),
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  logStreamName: z.string().optional(),
  networkInterfaces: z.array(z.never()),
};

const attempt = z.strictObject({
  container: z.strictObject(taskOutcome),
  startedAt: milliseconds.optional(),
  stoppedAt: milliseconds,
  statusReason: z.string(),
});

/** A job as DescribeJobs and the state-change event show it. Times are milliseconds since the epoch. */
export const jobDetail = z.strictObject({
  jobArn: z.string(),
  jobName: z.string(),
  jobId: z.string(),
  jobQueue: z.string(),
  status: z.enum(jobStatuses),
  statusReason: z.string().optional(),
  attempts: z.array(attempt),
  createdAt: milliseconds,
  startedAt: milliseconds.optional(),
  stoppedAt: milliseconds.optional(),
  retryStrategy,
  dependsOn: z.array(z.never()),
  jobDefinition: z.string(),
  parameters,
  container: z.strictObject({ ...containerProperties.shape, ...taskOutcome }),
  timeout: jobTimeout.optional(),
  tags,
  propagateTags: z.boolean(),
  platformCapabilities: z.tuple([z.literal("FARGATE")]),
  isCancelled: z.literal(true).optional(),
  isTerminated: z.literal(true).optional(),
});
export type JobDetail = z.output<typeof jobDetail>;

/** An EventBridge event, shaped as the Batch User Guide documents it ("AWS Batch job state change events"). */
export const batchStateChangeEvent = z.strictObject({
  version: z.literal("0"),
  id: z.string(),
  "detail-type": z.literal("Batch Job State Change"),
  source: z.literal("aws.batch"),
  account: z.string(),
  /** ISO 8601 to the second, UTC. */
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  /** The job; its tags have a further key `resourceArn`, as on AWS. */
  detail: jobDetail.extend({ tags: z.record(z.string(), z.string()) }),
});
export type BatchStateChangeEvent = z.output<typeof batchStateChangeEvent>;

export const job = z.strictObject({
  sequence,
  detail: jobDetail,
  vcpus: z.number(),
  /** Characters of the overrides as ECS counts them. */
  overridesLength: z.int(),
  /** Name of the compute environment that runs it: while STARTING or RUNNING. */
  computeEnvironment: z.string().optional(),
  /** The attempt's process group, while there may be one. */
  process: z.strictObject({ pid: z.int().positive(), identity: z.string() }).optional(),
  /** Set once the job is to end whatever its process says: why, for statusReason. */
  stopping: z.string().optional(),
  /** Events not yet taken by EventBridge, oldest first: written with the change they tell of, so none is ever lost. */
  outbox: z.array(batchStateChangeEvent),
});
export type Job = z.output<typeof job>;
