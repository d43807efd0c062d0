import { Construct } from "constructs";
import { metricNames } from "../../../handlers/connector-framework/contract/metrics.ts";
import { Alarm } from "../../alarm/index.ts";
import type { JobQueue } from "../../batch/index.ts";
import { NodeFunction } from "../../function/index.ts";
import { DeadLetterQueue } from "../../queue/index.ts";
import { Schedule } from "../../schedule/index.ts";
import type { Table } from "../../table/index.ts";
import { metricOf, metricsServiceOf } from "./metrics.ts";

export interface ReconciliationProps {
  readonly connectors: Table;
  readonly jobs: Table;
  /** Has a queue for spare capacity too. */
  readonly jobQueue: JobQueue;
  /** Seconds a job may wait in its queue before it is ended. */
  readonly waitSeconds: number;
}

/**
 * What repairs what was lost on the way: every five minutes a function compares all that has not ended with Batch. What
 * it repairs sounds an alarm, since something else should have done it.
 */
export class Reconciliation extends Construct {
  readonly reconciler: NodeFunction<"connector-framework/reconciler">;
  readonly deadLetters: DeadLetterQueue;
  readonly schedule: Schedule;
  readonly repairs: Alarm;
  readonly waiting: Alarm;

  constructor(scope: Construct, id: string, { connectors, jobs, jobQueue, waitSeconds }: ReconciliationProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      meaning:
        "Runs of the reconciler failed, in whole or in part. Each message has what the function said of it (responsePayload); its log tells what could not be looked after. The next run tried again by itself: mend what the log shows, then delete the messages.",
    });
    this.reconciler = new NodeFunction(this, "Reconciler", {
      handler: "connector-framework/reconciler",
      description: "Repairs what was lost on the way: jobs, connectors and containers that nothing else would end",
      // Less than the schedule's five minutes, so that a run is over before the next.
      timeoutSeconds: 270,
      environment: {
        CONNECTORS_TABLE: connectors.name,
        JOBS_TABLE: jobs.name,
        JOB_QUEUE: jobQueue.arn,
        SPOT_JOB_QUEUE: jobQueue.spotArn,
        WAITING_LIMIT_SECONDS: String(waitSeconds),
        METRICS_SERVICE: metricsServiceOf(this),
      },
      onFailure: this.deadLetters,
      // The next run tries again.
      maxAsyncRetries: 0,
    });
    connectors.grant(this.reconciler, "UpdateItem");
    connectors.grantScan(this.reconciler, "InUse");
    connectors.grantScan(this.reconciler, "Deletions");
    jobs.grant(this.reconciler, "ConditionCheckItem", "GetItem", "UpdateItem");
    jobs.grantQuery(this.reconciler, "ByJobId");
    jobs.grantScan(this.reconciler, "Open");
    jobQueue.grantDescribe(this.reconciler);
    jobQueue.grantList(this.reconciler);
    jobQueue.grantRetireDefinitions(this.reconciler);
    jobQueue.grantTerminate(this.reconciler);

    this.schedule = new Schedule(this, "Schedule", {
      description: "Has the connector framework's reconciler run",
      expression: "rate(5 minutes)",
      target: this.reconciler,
      maxAgeSeconds: 300,
    });
    this.repairs = new Alarm(this, "Repairs", {
      metric: metricOf(this, metricNames.repairs, "Sum"),
      atLeast: 1,
      periodSeconds: 3600,
      description:
        "The reconciler repaired jobs or connectors that others should have seen to. They are in order now; why they were left behind is to be found out.",
      runbook: "reconciler-repairs",
    });
    const tooLong = Math.min(jobQueue.stuckSeconds, Math.floor(waitSeconds / 2));
    this.waiting = new Alarm(this, "Waiting", {
      metric: metricOf(this, metricNames.oldestRunnable, "Maximum"),
      atLeast: tooLong,
      description: `A job has waited in its queue for ${tooLong} s or more. After ${waitSeconds} s it is ended as FAILED.`,
      runbook: "jobs-waiting",
    });
  }
}
