import { BatchComputeEnvironment } from "@cdktf/provider-aws/lib/batch-compute-environment/index.js";
import { BatchJobQueue } from "@cdktf/provider-aws/lib/batch-job-queue/index.js";
import { Construct } from "constructs";
import { LogGroup } from "../log-group/index.ts";
import type { Network } from "../network/index.ts";
import type { Statement } from "../policy/index.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor, systemOf, thingOf } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";
import * as statements from "./statements.ts";

export interface JobQueueProps {
  readonly network: Network;
  /** What the names of the queue's jobs and of their definitions begin with. Grants reach no others. */
  readonly jobNamePrefix: string;
  /** A tag that every job has and whose value begins with the prefix: what a running job is told by, since its ARN has no name. */
  readonly jobTag: string;
  /** IAM path of the roles jobs may be given, with a slash at both ends. */
  readonly jobRolePath: string;
  /** Seconds a job at the queue's head may wait for what it will not get, before it fails, 600 to 86 400 (AWS Batch: Job state time limit actions). @default 1800 */
  readonly stuckSeconds?: number;
}

/** Why a job at the head of a queue does not start, as far as it will not by itself (AWS Batch: Jobs stuck in RUNNABLE). */
const stuckReasons = [
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
  "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
] as const;

/** A queue of container jobs on AWS Fargate, with a log group of their own. Costs nothing while no job runs. */
export class JobQueue extends Construct {
  readonly computeEnvironment: BatchComputeEnvironment;
  readonly resource: BatchJobQueue;
  /** Where jobs log. */
  readonly logs: LogGroup;
  readonly #jobs: statements.Jobs;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { network, jobNamePrefix, jobTag, jobRolePath, stuckSeconds = 1800 } = props;
    checkProps(this, [
      [
        !/^[a-zA-Z0-9][\w-]{0,63}$/.test(jobNamePrefix),
        `jobNamePrefix is "${jobNamePrefix}", but must begin with a letter or digit and hold letters, digits, hyphens and underscores`,
      ],
      [jobTag === "", "jobTag must name a tag"],
      [
        !/^\/(.+\/)+$/.test(jobRolePath),
        `jobRolePath is "${jobRolePath}", but must be a path below the root, with a slash at both ends`,
      ],
      wholeNumber("stuckSeconds", stuckSeconds, 600, 86_400),
    ]);
    const system = systemOf(this);
    this.logs = new LogGroup(this, "Logs", { name: `/aws/batch/${system.nameOf("tag", thingOf(this))}` });
    this.computeEnvironment = new BatchComputeEnvironment(this, "Fargate", {
      name: nameFor("compute-environment", this),
      type: "MANAGED",
      computeResources: {
        type: "FARGATE",
        maxVcpus: system.environment.batch.maxVcpus,
        subnets: network.taskSubnets.ids,
        securityGroupIds: [network.taskSecurityGroup.id],
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
    this.#jobs = {
      queueArn: this.resource.arn,
      definitionArns: system.arn("batch", `job-definition/${jobNamePrefix}*`),
      jobArns: system.arn("batch", "job/*"),
      roleArns: system.iamArn(`role${jobRolePath}*`),
      namePrefix: jobNamePrefix,
      tag: jobTag,
    };
  }

  get arn(): string {
    return this.resource.arn;
  }

  /**
   * batch:RegisterJobDefinition and batch:TagResource on definitions with the prefix; batch:SubmitJob of those to this
   * queue; batch:TagResource on jobs tagged with the prefix; iam:PassRole of roles under the path, to ECS tasks only.
   */
  grantSubmit({ role }: Grantee) {
    return this.#grant(role, "Submit", statements.submit(this.#jobs));
  }

  /** batch:TerminateJob on jobs whose tag begins with the prefix. */
  grantTerminate({ role }: Grantee) {
    return this.#grant(role, "Terminate", statements.terminate(this.#jobs));
  }

  /** batch:ListJobs, which has no resource-level permission. */
  grantList({ role }: Grantee) {
    return this.#grant(role, "List", statements.list);
  }

  /** batch:DeregisterJobDefinition on definitions with the prefix; batch:DescribeJobDefinitions, which has no resource-level permission. */
  grantRetireDefinitions({ role }: Grantee) {
    return this.#grant(role, "RetireDefinitionsOf", statements.retireDefinitions(this.#jobs));
  }

  #grant(role: Grantee["role"], verb: string, allowed: readonly Statement[]) {
    return role.grant(`${verb}${this.node.id}`, ...allowed);
  }
}
