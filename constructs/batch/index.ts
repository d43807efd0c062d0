import { BatchComputeEnvironment } from "@cdktf/provider-aws/lib/batch-compute-environment/index.js";
import { BatchJobQueue } from "@cdktf/provider-aws/lib/batch-job-queue/index.js";
import { Construct } from "constructs";
import { LogGroup } from "../log-group/index.ts";
import type { Network } from "../network/index.ts";
import { OutboundSecurityGroup } from "../network/outbound-security-group.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor, namePrefixFor, systemOf } from "../system-stack/index.ts";
import { checkProps, type Rule, SynthesisError, wholeNumber } from "../validation/index.ts";
import * as statements from "./statements.ts";

/** What tells the jobs that programs submit to a queue from all others: grants reach no others. */
export interface SubmittedJobs {
  /** What the names of the jobs and of their definitions begin with. */
  readonly namePrefix: string;
  /** A tag that every job has and whose value begins with the prefix: what a running job is told by, since its ARN has no name. */
  readonly tag: string;
  /** IAM path of the roles jobs may be given, with a slash at both ends. */
  readonly rolePath: string;
}

export interface JobQueueProps {
  readonly network: Network;
  /** vCPUs that all running jobs may use together, 1 to 10 000. */
  readonly maxVcpus: number;
  /** Needed for grants to submit and terminate jobs, and to retire their definitions. @default there are no such grants */
  readonly jobs?: SubmittedJobs;
  /** Seconds a job at the queue's head may wait for what it will not get, before it fails, 600 to 86 400 (AWS Batch: Job state time limit actions). @default 1800 */
  readonly stuckSeconds?: number;
}

/** Why a job at the head of a queue does not start, as far as it will not by itself (AWS Batch: Jobs stuck in RUNNABLE). */
const stuckReasons = [
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
  "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
] as const;

/**
 * A queue of container jobs on AWS Fargate, with a log group and a security group of their own: jobs call anything and
 * are called by nothing. Costs nothing while no job runs.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class JobQueue extends Construct {
  readonly computeEnvironment: BatchComputeEnvironment;
  readonly securityGroup: OutboundSecurityGroup;
  readonly resource: BatchJobQueue;
  /** Where jobs log. */
  readonly logs: LogGroup;
  readonly #jobs: SubmittedJobs | undefined;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { network, maxVcpus, jobs, stuckSeconds = 1800 } = props;
    checkProps(this, [
      wholeNumber("maxVcpus", maxVcpus, 1, 10_000),
      wholeNumber("stuckSeconds", stuckSeconds, 600, 86_400),
      ...(jobs ? jobProblems(jobs) : []),
    ]);
    this.#jobs = jobs;
    this.logs = new LogGroup(this, "Logs", { service: "batch", of: this });
    this.securityGroup = new OutboundSecurityGroup(this, "Tasks", { network, description: "Tasks of container jobs" });
    this.computeEnvironment = new BatchComputeEnvironment(this, "Fargate", {
      // One that a queue uses cannot be deleted, so a replacement has to be there, under another name, before.
      namePrefix: namePrefixFor("compute-environment", this),
      lifecycle: { createBeforeDestroy: true },
      type: "MANAGED",
      computeResources: {
        type: "FARGATE",
        maxVcpus,
        subnets: network.taskSubnets.ids,
        securityGroupIds: [this.securityGroup.id],
      },
    });
    this.resource = new BatchJobQueue(this, "Resource", {
      name: nameFor("job-queue", this),
      state: "ENABLED",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: this.computeEnvironment.arn }],
      jobStateTimeLimitAction: stuckReasons.map((reason) => ({
        action: "CANCEL",
        state: "RUNNABLE",
        maxTimeSeconds: stuckSeconds,
        reason,
      })),
    });
  }

  get arn(): string {
    return this.resource.arn;
  }

  /**
   * batch:RegisterJobDefinition and batch:TagResource on definitions with the prefix; batch:SubmitJob of those to this
   * queue; batch:TagResource on jobs tagged with the prefix; iam:PassRole of roles under the path, to ECS tasks only.
   *
   * @throws SynthesisError without the prop `jobs`
   */
  grantSubmit({ role }: Grantee) {
    return role.grant({ verb: "SubmitTo", target: this }, ...statements.submit(this.#scope("submit")));
  }

  /**
   * batch:TerminateJob on jobs whose tag begins with the prefix.
   *
   * @throws SynthesisError without the prop `jobs`
   */
  grantTerminate({ role }: Grantee) {
    return role.grant({ verb: "TerminateIn", target: this }, ...statements.terminate(this.#scope("terminate")));
  }

  /** batch:ListJobs, which has no resource-level permission. */
  grantList({ role }: Grantee) {
    return role.grant({ verb: "ListBatchJobs" }, statements.list);
  }

  /** batch:DescribeJobs, which has no resource-level permission. */
  grantDescribe({ role }: Grantee) {
    return role.grant({ verb: "DescribeBatchJobs" }, statements.describe);
  }

  /**
   * batch:DeregisterJobDefinition on definitions with the prefix; batch:DescribeJobDefinitions, which has no
   * resource-level permission.
   *
   * @throws SynthesisError without the prop `jobs`
   */
  grantRetireDefinitions({ role }: Grantee) {
    const allowed = statements.retireDefinitions(this.#scope("retire definitions of"));
    return role.grant({ verb: "RetireDefinitionsOf", target: this }, ...allowed);
  }

  /** Which jobs a grant reaches. */
  #scope(verb: string): statements.Jobs {
    const jobs = this.#jobs;
    if (!jobs)
      throw new SynthesisError([`${this.node.path}: jobs must be set, or it is not known which jobs one may ${verb}`]);
    const system = systemOf(this);
    return {
      queueArn: this.resource.arn,
      definitionArns: system.arn("batch", `job-definition/${jobs.namePrefix}*`),
      jobArns: system.arn("batch", "job/*"),
      roleArns: system.iamArn(`role${jobs.rolePath}*`),
      namePrefix: jobs.namePrefix,
      tag: jobs.tag,
    };
  }
}

const jobProblems = ({ namePrefix, tag, rolePath }: SubmittedJobs): Rule[] => [
  [
    !/^[a-zA-Z0-9][\w-]{0,63}$/.test(namePrefix),
    `jobs.namePrefix is "${namePrefix}", but must begin with a letter or digit and hold letters, digits, hyphens and underscores`,
  ],
  [tag === "", "jobs.tag must name a tag"],
  [
    !/^\/(.+\/)+$/.test(rolePath),
    `jobs.rolePath is "${rolePath}", but must be a path below the root, with a slash at both ends`,
  ],
];
