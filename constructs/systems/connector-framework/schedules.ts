import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group/index.js";
import { Construct } from "constructs";
import { Alarm } from "../../alarm/index.ts";
import { NodeFunction } from "../../function/index.ts";
import { DeadLetterQueue } from "../../queue/index.ts";
import { type Grantee, Role } from "../../role/index.ts";
import { nameFor, systemOf } from "../../system-stack/index.ts";
import type { Table } from "../../table/index.ts";
import { metricsServiceOf } from "./metrics.ts";

export interface SchedulesProps {
  readonly connectors: Table;
  readonly jobs: Table;
  /** Jobs of a tenant that may be under way at one time. */
  readonly jobQuota: number;
}

/**
 * Connectors' schedules: a group of EventBridge Scheduler in which the API keeps them, and the function they invoke.
 * Scheduler invokes it by a role of its own, that only this group's schedules can use.
 */
export class Schedules extends Construct {
  readonly group: SchedulerScheduleGroup;
  readonly starter: NodeFunction<"connector-framework/scheduled-start">;
  readonly role: Role;
  /** Starts that the function gave up on. */
  readonly failed: DeadLetterQueue;
  /** Starts that Scheduler could not hand over. */
  readonly undelivered: DeadLetterQueue;
  readonly failures: Alarm;

  constructor(scope: Construct, id: string, { connectors, jobs, jobQuota }: SchedulesProps) {
    super(scope, id);
    const { environment } = systemOf(this);
    this.group = new SchedulerScheduleGroup(this, "Group", { name: nameFor("schedule-group", this) });
    this.failed = new DeadLetterQueue(this, "Failed", {
      meaning:
        "The function that starts jobs at their times gave up on some. Each message has the request (requestPayload) and what the function said of it (responsePayload). Mend that; a job that is still wanted is started by invoking the function with the request again. Then delete the messages.",
    });
    this.starter = new NodeFunction(this, "Starter", {
      handler: "connector-framework/scheduled-start",
      description: "Starts jobs at the times of their connectors' schedules",
      timeoutSeconds: 60,
      environment: {
        CONNECTORS_TABLE: connectors.name,
        JOBS_TABLE: jobs.name,
        JOB_QUOTA: String(jobQuota),
        METRICS_SERVICE: metricsServiceOf(this),
        SCHEDULE_GROUP: this.group.name,
      },
      onFailure: this.failed,
    });
    connectors.grant(this.starter, "UpdateItem");
    jobs.grant(this.starter, "GetItem", "PutItem");
    this.grantDelete(this.starter);

    this.undelivered = new DeadLetterQueue(this, "Undelivered", {
      meaning: `EventBridge Scheduler could not hand starts of jobs to function ${nameFor("function", this.starter)} for an hour. Each message is a request, its attributes say why. Mend that; a job that is still wanted is started by invoking the function with the request. Then delete the messages.`,
    });
    this.role = new Role(this, "Role", {
      assumedBy: "scheduler.amazonaws.com",
      description: "By which connectors' schedules invoke the function that starts jobs",
      // The group, never a schedule of it (EventBridge Scheduler: Confused deputy prevention).
      conditions: { StringEquals: { "aws:SourceAccount": environment.accountId, "aws:SourceArn": this.group.arn } },
    });
    this.role.grant(
      { verb: "Invoke", target: this.starter },
      { actions: ["lambda:InvokeFunction"], resources: [this.starter.arn] },
    );
    this.undelivered.grantSend(this.role);
    this.failures = new Alarm(this, "Failures", {
      metric: {
        namespace: "AWS/Scheduler",
        name: "TargetErrorCount",
        dimensions: { ScheduleGroup: this.group.name },
        statistic: "Sum",
      },
      atLeast: 1,
      description: `EventBridge Scheduler cannot invoke function ${nameFor("function", this.starter)}, and tries again.`,
      runbook: "schedule-failures",
    });
  }

  /** What a function that manages schedules is told of them. */
  get variables() {
    return {
      SCHEDULE_GROUP: this.group.name,
      SCHEDULE_FUNCTION: this.starter.arn,
      SCHEDULE_ROLE: this.role.arn,
      SCHEDULE_DEAD_LETTERS: this.undelivered.arn,
    };
  }

  /**
   * scheduler:CreateSchedule, DeleteSchedule, GetSchedule, UpdateSchedule on the group's schedules; iam:PassRole of their
   * role, to Scheduler only.
   */
  grantManage({ role }: Grantee) {
    const actions = ["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"];
    return role.grant(
      { verb: "Manage", target: this },
      { actions: actions.map((action) => `scheduler:${action}`), resources: [this.#schedules] },
      {
        actions: ["iam:PassRole"],
        resources: [this.role.arn],
        conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      },
    );
  }

  /** scheduler:DeleteSchedule on the group's schedules. */
  grantDelete({ role }: Grantee) {
    return role.grant(
      { verb: "DeleteFrom", target: this },
      { actions: ["scheduler:DeleteSchedule"], resources: [this.#schedules] },
    );
  }

  /** ARN of every schedule in the group. */
  get #schedules(): string {
    return systemOf(this).arn("scheduler", `schedule/${this.group.name}/*`);
  }
}
