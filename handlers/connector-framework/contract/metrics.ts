/** CloudWatch's namespace of what the functions measure; the dimension `service` tells the stages' systems apart. */
export const metricsNamespace = "Armature/ConnectorFramework";

export const metricNames = {
  /** Jobs by how they ended, each counted once. */
  succeeded: "JobsSucceeded",
  failed: "JobsFailed",
  stopped: "JobsStopped",
  /** How long the container of a job ran that has ended. */
  jobSeconds: "JobSeconds",
  /** Jobs that have not ended, at a run of the reconciler. */
  openJobs: "OpenJobs",
  /** How long the job had waited for capacity then that had waited longest; 0 when none waited. */
  oldestRunnable: "OldestRunnableSeconds",
  /** Repairs a run of the reconciler made: in all, and by the dimension `Repair` those of one kind. */
  repairs: "Repairs",
  /** Times of schedules that went by: another job held the connector, or the tenant had as many jobs as it may. */
  startsSkipped: "ScheduledStartsSkipped",
  startsOverQuota: "ScheduledStartsOverQuota",
} as const;

/** What the reconciler repairs, as the values of the dimension `Repair`. */
export const repairs = [
  /** A job ended in Batch, and the event that told of it was lost. */
  "end-noted",
  /** A container began to run, and the event that told of it was lost. */
  "start-noted",
  /** Batch does not know the job any more. */
  "forgotten-job-ended",
  /** Nothing carried the job on: the orchestrator was told of it again. */
  "job-nudged",
  /** The job waited too long for capacity and was terminated. */
  "waiting-job-terminated",
  /** The job ran past its timeout and was terminated. */
  "overdue-job-terminated",
  /** A container that no job wants was terminated. */
  "stray-job-terminated",
  /** A connector was held by a job that had ended or was gone. */
  "connector-freed",
] as const;

export type Repair = (typeof repairs)[number];
