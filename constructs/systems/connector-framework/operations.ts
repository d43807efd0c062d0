import { Construct } from "constructs";
import { metricNames } from "../../../handlers/connector-framework/contract/metrics.ts";
import { Alarm, type Metric } from "../../alarm/index.ts";
import { Dashboard, type Graph } from "../../dashboard/index.ts";
import type { FunctionMetric, FunctionName, NodeFunction } from "../../function/index.ts";
import type { DeadLetterQueue } from "../../queue/index.ts";
import type { RestApi } from "../../rest-api/index.ts";
import type { Deletion } from "./deletion.ts";
import { metricOf } from "./metrics.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { Schedules } from "./schedules.ts";

export interface OperationsProps {
  readonly api: RestApi;
  readonly apiFunction: NodeFunction<FunctionName>;
  readonly orchestrator: NodeFunction<FunctionName>;
  readonly jobStatus: NodeFunction<FunctionName>;
  readonly schedules: Schedules;
  readonly deletion: Deletion;
  readonly reconciliation: Reconciliation;
  /** Those that the parts above do not have themselves, by what lies in them. */
  readonly deadLetters: Readonly<Record<string, DeadLetterQueue>>;
}

/** Jobs that fail within an hour before someone has to look at it: each has an owner, who hears of it by its record. */
const failedJobsPerHour = 10;

/** What shows how the system is: a dashboard, in the order one asks, and the alarm for jobs that fail in numbers. */
export class Operations extends Construct {
  readonly dashboard: Dashboard;
  readonly failingJobs: Alarm;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { api, schedules, deletion, reconciliation } = props;
    this.failingJobs = new Alarm(this, "FailingJobs", {
      metric: metricOf(this, metricNames.failed, "Sum"),
      atLeast: failedJobsPerHour,
      periodSeconds: 3600,
      description: `${failedJobsPerHour} jobs or more failed within an hour. Their records say why.`,
      runbook: "jobs-failing",
    });

    const functions: Readonly<Record<string, NodeFunction<FunctionName>>> = {
      API: props.apiFunction,
      Orchestrator: props.orchestrator,
      "Job status": props.jobStatus,
      "Scheduled start": schedules.starter,
      Deletion: deletion.function,
      Reconciler: reconciliation.reconciler,
    };
    const ofEach = (title: string, metric: FunctionMetric, statistic: Metric["statistic"]): Graph => ({
      title,
      lines: linesOf(functions, (of) => of.metric(metric, statistic)),
    });
    const own = (name: Parameters<typeof metricOf>[1], statistic: Metric["statistic"]) =>
      metricOf(this, name, statistic);
    const deadLetters: Readonly<Record<string, DeadLetterQueue>> = {
      ...props.deadLetters,
      "Starts on schedule, failed": schedules.failed,
      "Starts on schedule, not delivered": schedules.undelivered,
      "Removals of connectors": deletion.deadLetters,
      "Runs of the reconciler, failed": reconciliation.deadLetters,
      "Runs of the reconciler, not begun": reconciliation.schedule.deadLetters,
    };

    this.dashboard = new Dashboard(this, "Dashboard", {
      rows: [
        {
          heading: "Jobs",
          graphs: [
            {
              title: "Ends",
              lines: {
                Succeeded: own(metricNames.succeeded, "Sum"),
                Failed: own(metricNames.failed, "Sum"),
                Stopped: own(metricNames.stopped, "Sum"),
              },
            },
            { title: "Under way", lines: { Jobs: own(metricNames.openJobs, "Maximum") } },
            {
              title: "Seconds",
              lines: {
                "Longest run": own(metricNames.jobSeconds, "Maximum"),
                "Longest wait": own(metricNames.oldestRunnable, "Maximum"),
              },
            },
            {
              title: "Not started on schedule",
              lines: {
                "Still running": own(metricNames.startsSkipped, "Sum"),
                "Over quota": own(metricNames.startsOverQuota, "Sum"),
              },
            },
          ],
        },
        {
          heading: "API",
          graphs: [
            {
              title: "Calls",
              lines: {
                All: api.metric("Count", "Sum"),
                "4xx": api.metric("4XXError", "Sum"),
                "5xx": api.metric("5XXError", "Sum"),
              },
            },
            {
              title: "Latency in milliseconds",
              lines: { Mean: api.metric("Latency", "Average"), Longest: api.metric("Latency", "Maximum") },
            },
          ],
        },
        {
          heading: "Functions",
          graphs: [
            ofEach("Invocations", "Invocations", "Sum"),
            ofEach("Errors", "Errors", "Sum"),
            ofEach("Throttles", "Throttles", "Sum"),
            ofEach("Longest in milliseconds", "Duration", "Maximum"),
          ],
        },
        {
          heading: "What needs someone",
          graphs: [
            { title: "Dead letters", lines: linesOf(deadLetters, ({ depth }) => depth) },
            { title: "Repairs", lines: { Repairs: own(metricNames.repairs, "Sum") } },
            {
              title: "Oldest change not processed, in milliseconds",
              lines: {
                Jobs: props.orchestrator.metric("IteratorAge", "Maximum"),
                Connectors: deletion.function.metric("IteratorAge", "Maximum"),
              },
            },
          ],
        },
      ],
    });
  }
}

const linesOf = <Thing>(things: Readonly<Record<string, Thing>>, metric: (thing: Thing) => Metric): Graph["lines"] =>
  Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, metric(thing)]));
