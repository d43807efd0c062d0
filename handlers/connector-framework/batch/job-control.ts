import { type BatchClient, DescribeJobsCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import { type BatchJob, batchJob } from "./job.ts";
import { retireJobDefinitions } from "./job-definitions.ts";

export type JobControl = ReturnType<typeof jobControl>;

/** What can be asked of Batch about a job it has, any number of times. */
export function jobControl(client: BatchClient) {
  return {
    /** The job as it is now; undefined when Batch does not know it. */
    async describe(batchJobId: string): Promise<BatchJob | undefined> {
      const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [batchJobId] }));
      const found = jobs.find(({ jobId }) => jobId === batchJobId);
      return found && batchJob.parse(found);
    },

    /** Ends a Batch job in any state; one that has ended stays as it is. `reason` becomes its status reason. */
    async terminate(batchJobId: string, reason: string): Promise<void> {
      await client.send(new TerminateJobCommand({ jobId: batchJobId, reason }));
    },

    retireDefinitions: (jobId: string) => retireJobDefinitions(client, jobId),
  };
}
