import { type BatchClient, type JobStatus, paginateListJobs } from "@aws-sdk/client-batch";

export type JobLists = ReturnType<typeof jobLists>;

/** A job as Batch lists it. */
export interface ListedJob {
  readonly jobName: string;
  readonly batchJobId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** In the order jobs go through them, so that one that moves on while they are listed is met again, not missed. */
const liveStatuses = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"] as const satisfies JobStatus[];

const isLive = (status: JobStatus | undefined) => liveStatuses.some((live) => live === status);

/** What Batch lists, with a delay, of a few queues. */
export function jobLists(client: BatchClient, queues: readonly string[]) {
  /** Every job of that name, in all queues: a connector may have been moved to another since the submission. */
  async function* named(name: string): AsyncGenerator<ListedJob & { readonly status: JobStatus | undefined }> {
    const filters = [{ name: "JOB_NAME", values: [name] }];
    for (const jobQueue of queues)
      for await (const { jobSummaryList = [] } of paginateListJobs({ client }, { jobQueue, filters }))
        for (const { jobName, jobId: batchJobId, createdAt = 0, status } of jobSummaryList)
          if (jobName === name && batchJobId !== undefined) yield { jobName, batchJobId, createdAt, status };
  }

  return {
    /** The jobs of these queues that have not ended, a hundred at a time. */
    async *live(): AsyncGenerator<readonly ListedJob[]> {
      for (const jobQueue of queues)
        for (const jobStatus of liveStatuses)
          for await (const page of paginateListJobs({ client, pageSize: 100 }, { jobQueue, jobStatus }))
            yield (page.jobSummaryList ?? []).flatMap(({ jobName, jobId: batchJobId, createdAt = 0 }) =>
              jobName !== undefined && batchJobId !== undefined ? [{ jobName, batchJobId, createdAt }] : [],
            );
    },

    /** Batch's ids of the jobs of that name, oldest first. */
    async findByName(name: string): Promise<readonly string[]> {
      const found: ListedJob[] = [];
      for await (const job of named(name)) found.push(job);
      return found.sort((a, b) => a.createdAt - b.createdAt).map(({ batchJobId }) => batchJobId);
    },

    /** If there is a job of that name that has not ended. */
    async hasLive(name: string): Promise<boolean> {
      for await (const { status } of named(name)) if (isLive(status)) return true;
      return false;
    },
  };
}
