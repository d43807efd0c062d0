import { type BatchClient, DescribeJobsCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import * as z from "zod";
import { type BatchJob, batchJob } from "./job.ts";
import { retireJobDefinitions } from "./job-definitions.ts";

export type JobControl = ReturnType<typeof jobControl>;

/** Jobs DescribeJobs takes at once (AWS Batch API: DescribeJobs). */
const jobsInCall = 100;

/** What can be asked of Batch about a job it has, any number of times. */
export function jobControl(client: BatchClient) {
  /** Those of the jobs that Batch knows, as they are now, by Batch's ids. */
  async function describeAll(batchJobIds: readonly string[]): Promise<ReadonlyMap<string, BatchJob>> {
    const found = new Map<string, BatchJob>();
    for (let from = 0; from < batchJobIds.length; from += jobsInCall) {
      const command = new DescribeJobsCommand({ jobs: batchJobIds.slice(from, from + jobsInCall) });
      const { jobs = [] } = await client.send(command);
      for (const job of z.array(batchJob).parse(jobs)) found.set(job.jobId, job);
    }
    return found;
  }

  return {
    describeAll,

    /** The job as it is now; undefined when Batch does not know it. */
    describe: async (batchJobId: string): Promise<BatchJob | undefined> =>
      (await describeAll([batchJobId])).get(batchJobId),

    /** Ends a Batch job in any state; one that has ended stays as it is. `reason` becomes its status reason. */
    async terminate(batchJobId: string, reason: string): Promise<void> {
      await client.send(new TerminateJobCommand({ jobId: batchJobId, reason }));
    },

    retireDefinitions: (jobId: string) => retireJobDefinitions(client, jobId),
  };
}
