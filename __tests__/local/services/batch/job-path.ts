import { nextStatuses } from "../../../../local/services/batch/job-state.ts";
import type { BatchStateChangeEvent, JobStatus } from "../../../../local/services/batch/model.ts";

/** The statuses a job's events tell of, each event once (delivery is at least once), in order of first arrival. */
export function pathOf(events: readonly BatchStateChangeEvent[], jobId: string): JobStatus[] {
  const own = events.filter(({ detail }) => detail.jobId === jobId);
  return [...new Map(own.map((event) => [event.id, event.detail.status])).values()];
}

/** From SUBMITTED by allowed steps to one terminal status, and no further. */
export function expectLegal(path: readonly JobStatus[]): void {
  let status: JobStatus = "SUBMITTED";
  for (const next of path) {
    expect(nextStatuses[status]).toContain(next);
    status = next;
  }
  expect(["SUCCEEDED", "FAILED"]).toContain(status);
}
