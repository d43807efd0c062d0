import { count, type Metrics, seconds } from "../../runtime/metrics.ts";
import { metricNames } from "../contract/metrics.ts";
import type { FinalStatus, Job } from "../model/job.ts";
import type { Ending, JobProgressStore } from "../store/job-progress.ts";

const counters: Readonly<Record<FinalStatus, string>> = {
  SUCCEEDED: metricNames.succeeded,
  FAILED: metricNames.failed,
  STOPPED: metricNames.stopped,
};

/** A store whose ends are measured, each once: whoever ends a job, and however often it is tried. */
export function measuringEnds(jobs: JobProgressStore, metrics: Metrics): JobProgressStore {
  return {
    ...jobs,
    async end(ref, decide, now) {
      let decided: { readonly job: Job; readonly ending: Ending } | undefined;
      const ended = await jobs.end(
        ref,
        (job) => {
          const ending = decide(job);
          decided = ending && { job, ending };
          return ending;
        },
        now,
      );
      // What was decided last is what was written.
      if (ended && decided) metrics.record(measured(decided.job, decided.ending, now));
      return ended;
    },
  };
}

function measured(job: Job, { status, started_at, completed_at }: Ending, now: Date) {
  const counted = { [counters[status]]: count(1) };
  const began = job.started_at ?? started_at;
  if (began === undefined) return counted;
  // Two clocks are compared: Batch's, and this function's where Batch does not say when the job ended.
  const ran = Date.parse(completed_at ?? now.toISOString()) - Date.parse(began);
  return { ...counted, [metricNames.jobSeconds]: seconds(Math.max(0, ran) / 1000) };
}
