import type { Statement } from "../policy/index.ts";

/** What tells a queue's jobs from others. */
export interface Jobs {
  readonly queueArns: readonly string[];
  readonly definitionArns: string;
  /** Of every job: an ARN has Batch's id, which says nothing of the name. */
  readonly jobArns: string;
  readonly roleArns: string;
  readonly namePrefix: string;
  readonly tag: string;
}

export const submit = (jobs: Jobs): readonly Statement[] => [
  { actions: ["batch:RegisterJobDefinition", "batch:TagResource"], resources: [jobs.definitionArns] },
  // Both must be allowed, the queue and the definition (Service Authorization Reference: AWS Batch, SubmitJob).
  { actions: ["batch:SubmitJob"], resources: [jobs.definitionArns, ...jobs.queueArns] },
  {
    actions: ["batch:TagResource"],
    resources: [jobs.jobArns],
    conditions: { StringLike: { [`aws:RequestTag/${jobs.tag}`]: `${jobs.namePrefix}*` } },
  },
  {
    actions: ["iam:PassRole"],
    resources: [jobs.roleArns],
    conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  },
];

export const terminate = (jobs: Jobs): readonly Statement[] => [
  {
    actions: ["batch:TerminateJob"],
    resources: [jobs.jobArns],
    conditions: { StringLike: { [`aws:ResourceTag/${jobs.tag}`]: `${jobs.namePrefix}*` } },
  },
];

export const list: Statement = { actions: ["batch:ListJobs"], resources: ["*"] };

export const describe: Statement = { actions: ["batch:DescribeJobs"], resources: ["*"] };

export const retireDefinitions = (jobs: Jobs): readonly Statement[] => [
  { actions: ["batch:DescribeJobDefinitions"], resources: ["*"] },
  { actions: ["batch:DeregisterJobDefinition"], resources: [jobs.definitionArns] },
];
