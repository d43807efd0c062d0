import {
  type BatchClient,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { retireJobDefinitions } from "../batch/job-definitions.ts";

export type BatchJobs = ReturnType<typeof batchJobs>;

/** A submission: name and definition are the job's own. */
export interface Submission {
  readonly jobId: string;
  readonly definitionArn: string;
  readonly timeoutSeconds: number;
  readonly tags: Record<string, string>;
}

/** Batch, as the orchestrator uses it: one queue, jobs named by our job ids. `client` must not retry by itself. */
export function batchJobs(client: BatchClient, queue: string) {
  return {
    /** @returns the ARN of the definition's new revision */
    async register(definition: RegisterJobDefinitionCommandInput): Promise<string> {
      const { jobDefinitionArn } = await client.send(new RegisterJobDefinitionCommand(definition));
      if (jobDefinitionArn === undefined) throw new Error("Batch registered a definition and gave it no ARN");
      return jobDefinitionArn;
    },

    /** @returns Batch's id of the job */
    async submit({ jobId, definitionArn, timeoutSeconds, tags }: Submission): Promise<string> {
      const { jobId: batchJobId } = await client.send(
        new SubmitJobCommand({
          jobName: jobId,
          jobQueue: queue,
          jobDefinition: definitionArn,
          timeout: { attemptDurationSeconds: timeoutSeconds },
          tags,
          propagateTags: true,
        }),
      );
      if (batchJobId === undefined) throw new Error("Batch took a job and gave it no id");
      return batchJobId;
    },

    /** Batch's ids of the jobs submitted under one of our ids, oldest first. Batch lists them with a delay. */
    async findByName(jobId: string): Promise<readonly string[]> {
      const filters = [{ name: "JOB_NAME", values: [jobId] }];
      const { jobSummaryList = [] } = await client.send(new ListJobsCommand({ jobQueue: queue, filters }));
      return jobSummaryList
        .filter(({ jobName }) => jobName === jobId)
        .sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
        .flatMap(({ jobId: batchJobId }) => batchJobId ?? []);
    },

    /** Ends a Batch job in any state; one that has ended stays as it is. `reason` becomes its status reason. */
    async terminate(batchJobId: string, reason: string): Promise<void> {
      await client.send(new TerminateJobCommand({ jobId: batchJobId, reason }));
    },

    retireDefinitions: (jobId: string) => retireJobDefinitions(client, jobId),
  };
}
