import * as z from "zod";
import type { Access, RequestContext } from "../../iam/access.ts";
import { BatchError } from "./errors.ts";
import { activeDefinition } from "./operations/job-definitions.ts";
import type { Service } from "./service.ts";

type Tags = Readonly<Record<string, string>>;
type AccessesOf = (input: unknown, service: Service) => readonly Access[] | undefined;

const tags = z.record(z.string(), z.string()).optional();
const job = z.object({ jobId: z.string() });
const definition = z.object({ jobDefinition: z.string() });
const registration = z.object({
  jobDefinitionName: z.string(),
  tags,
  containerProperties: z.object({ jobRoleArn: z.string().optional(), executionRoleArn: z.string().optional() }),
});
const submission = z.object({ jobDefinition: z.string(), jobQueue: z.string(), tags });

const on =
  <S extends z.ZodType>(schema: S, accesses: (input: z.output<S>, service: Service) => readonly Access[]): AccessesOf =>
  (input, service) => {
    const parsed = schema.safeParse(input);
    return parsed.success ? accesses(parsed.data, service) : undefined;
  };

/** Of those without resource-level permission, and of what only a stack's resources are made with. */
const onAnything =
  (action: string): AccessesOf =>
  () => [{ action, resource: "*" }];

const onJob = (action: string) =>
  on(job, ({ jobId }, { arns, stores }) => {
    const id = arns.idIn("job", jobId) ?? jobId;
    return [{ action, resource: arns.of("job", id), context: resourceTags(stores.jobs.get(id)?.detail.tags) }];
  });

/** By the name of the operation in its path. Service Authorization Reference: "Actions, … for AWS Batch". */
const byOperation: Readonly<Record<string, AccessesOf>> = {
  canceljob: onJob("batch:CancelJob"),
  terminatejob: onJob("batch:TerminateJob"),
  deregisterjobdefinition: on(definition, ({ jobDefinition }, { arns, stores }) => {
    const id = arns.idIn("job-definition", jobDefinition) ?? jobDefinition;
    const context = resourceTags(stores.jobDefinitions.get(id)?.tags);
    return [{ action: "batch:DeregisterJobDefinition", resource: arns.of("job-definition", id), context }];
  }),
  // The revision is not known yet. Whoever registers a definition gives its roles to the tasks of its jobs.
  registerjobdefinition: on(registration, ({ jobDefinitionName, tags, containerProperties }, { arns }) => {
    const { executionRoleArn, jobRoleArn } = containerProperties;
    const roles = [executionRoleArn, jobRoleArn].filter((arn) => arn !== undefined);
    return [
      ...tagging("batch:RegisterJobDefinition", arns.of("job-definition", jobDefinitionName), tags),
      ...roles.map((resource) => ({
        action: "iam:PassRole",
        resource,
        context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
      })),
    ];
  }),
  // Of the definition and of the queue; the job that is tagged has no ARN yet.
  submitjob: on(submission, ({ jobDefinition, jobQueue, tags = {} }, service) => {
    const { arns, stores } = service;
    const action = "batch:SubmitJob";
    const queue = arns.idIn("job-queue", jobQueue) ?? jobQueue;
    const context = requestTags(tags);
    const defined = revisionOf(jobDefinition, service);
    return [
      { action, resource: defined.arn, context: { ...context, ...resourceTags(defined.tags) } },
      {
        action,
        resource: arns.of("job-queue", queue),
        context: { ...context, ...resourceTags(stores.jobQueues.get(queue)?.tags) },
      },
      ...(Object.keys(tags).length > 0
        ? [{ action: "batch:TagResource", resource: arns.of("job", "*"), context }]
        : []),
    ];
  }),
  createcomputeenvironment: onAnything("batch:CreateComputeEnvironment"),
  createjobqueue: onAnything("batch:CreateJobQueue"),
  describecomputeenvironments: onAnything("batch:DescribeComputeEnvironments"),
  describejobdefinitions: onAnything("batch:DescribeJobDefinitions"),
  describejobqueues: onAnything("batch:DescribeJobQueues"),
  describejobs: onAnything("batch:DescribeJobs"),
  listjobs: onAnything("batch:ListJobs"),
  updatecomputeenvironment: onAnything("batch:UpdateComputeEnvironment"),
  updatejobqueue: onAnything("batch:UpdateJobQueue"),
};

/** What an operation needs to be allowed. One whose input cannot be read needs something that nobody is given. */
export const accessesOf = (operation: string, input: unknown, service: Service): readonly Access[] =>
  byOperation[operation]?.(input, service) ?? [{ action: `batch:${operation}`, resource: "*" }];

const tagInput = z.object({ tags });

/** What an operation on the tags of a resource needs to be allowed. */
export function tagAccesses(
  operation: "ListTagsForResource" | "TagResource" | "UntagResource",
  resource: string,
  input?: unknown,
): readonly Access[] {
  return [{ action: `batch:${operation}`, resource, context: requestTags(tagInput.safeParse(input).data?.tags ?? {}) }];
}

/** What makes a resource with tags is allowed to make it and to tag it. */
function tagging(action: string, resource: string, tags: Tags = {}): Access[] {
  const context = requestTags(tags);
  const tagged = { action: "batch:TagResource", resource, context };
  return [{ action, resource, context }, ...(Object.keys(tags).length > 0 ? [tagged] : [])];
}

/** The revision a job is submitted with: its ARN is the one that policies are asked about. */
function revisionOf(reference: string, service: Service): { readonly arn: string; readonly tags?: Tags } {
  try {
    const { jobDefinitionArn, tags } = activeDefinition(reference, service);
    return { arn: jobDefinitionArn, tags };
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    const { arns } = service;
    return { arn: arns.of("job-definition", arns.idIn("job-definition", reference) ?? reference) };
  }
}

const resourceTags = (tags: Tags = {}): RequestContext =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

const requestTags = (tags: Tags): RequestContext => ({
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  "aws:TagKeys": Object.keys(tags),
});
