import { Construct } from "constructs";
import { LogGroup } from "../log-group/index.ts";
import type { Network } from "../network/index.ts";
import { OutboundSecurityGroup } from "../network/outbound-security-group.ts";
import type { Grantee } from "../role/index.ts";
import { systemOf } from "../system-stack/index.ts";
import { checkProps, type Rule, SynthesisError, wholeNumber } from "../validation/index.ts";
import { type FargateQueue, fargateQueue } from "./fargate-queue.ts";
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
  /** vCPUs that all running jobs may use together, 1 to 10 000; on spare capacity as many again. */
  readonly maxVcpus: number;
  /** If there is a second queue, for jobs on Fargate Spot: cheaper capacity that AWS may take back. @default false */
  readonly spot?: boolean;
  /** Needed for grants to submit and terminate jobs, and to retire their definitions. @default there are no such grants */
  readonly jobs?: SubmittedJobs;
  /** Seconds a job at the queue's head may wait for what it will not get, before it fails, 600 to 86 400 (AWS Batch: Job state time limit actions). @default 1800 */
  readonly stuckSeconds?: number;
}

/**
 * A queue of container jobs on AWS Fargate, with a log group and a security group of their own: jobs call anything and
 * are called by nothing. Costs nothing while no job runs.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class JobQueue extends Construct {
  readonly onDemand: FargateQueue;
  readonly spot: FargateQueue | undefined;
  readonly securityGroup: OutboundSecurityGroup;
  /** Where jobs log. */
  readonly logs: LogGroup;
  /** Seconds a job may wait for what it will not get. */
  readonly stuckSeconds: number;
  readonly #jobs: SubmittedJobs | undefined;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { network, maxVcpus, spot = false, jobs, stuckSeconds = 1800 } = props;
    checkProps(this, [
      wholeNumber("maxVcpus", maxVcpus, 1, 10_000),
      wholeNumber("stuckSeconds", stuckSeconds, 600, 86_400),
      ...(jobs ? jobProblems(jobs) : []),
    ]);
    this.#jobs = jobs;
    this.stuckSeconds = stuckSeconds;
    this.logs = new LogGroup(this, "Logs", { service: "batch", of: this });
    this.securityGroup = new OutboundSecurityGroup(this, "Tasks", { network, description: "Tasks of container jobs" });
    const shared = {
      maxVcpus,
      subnetIds: network.taskSubnets.ids,
      securityGroupId: this.securityGroup.id,
      stuckSeconds,
    };
    this.onDemand = fargateQueue(this, { type: "FARGATE", ...shared });
    this.spot = spot ? fargateQueue(new Construct(this, "Spot"), { type: "FARGATE_SPOT", ...shared }) : undefined;
  }

  /** ARN of the queue for capacity that stays. */
  get arn(): string {
    return this.onDemand.resource.arn;
  }

  /**
   * ARN of the queue for spare capacity.
   *
   * @throws SynthesisError without the prop `spot`
   */
  get spotArn(): string {
    if (!this.spot) throw new SynthesisError([`${this.node.path}: spot must be set for there to be a queue for it`]);
    return this.spot.resource.arn;
  }

  /** ARNs of all its queues. */
  get arns(): readonly string[] {
    return [this.onDemand, ...(this.spot ? [this.spot] : [])].map(({ resource }) => resource.arn);
  }

  /**
   * batch:RegisterJobDefinition and batch:TagResource on definitions with the prefix; batch:SubmitJob of those to its
   * queues; batch:TagResource on jobs tagged with the prefix; iam:PassRole of roles under the path, to ECS tasks only.
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
      queueArns: this.arns,
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
