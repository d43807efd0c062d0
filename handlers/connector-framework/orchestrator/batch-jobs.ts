import {
  type BatchClient,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
} from "@aws-sdk/client-batch";
import { jobControl } from "../batch/job-control.ts";
import { jobLists } from "../batch/job-lists.ts";
import type { Connector } from "../model/connector.ts";

export type BatchJobs = ReturnType<typeof batchJobs>;

type Capacity = Connector["container_properties"]["capacity"];

/** ARNs of the queues, by what jobs in them run on. */
export type Queues = Readonly<Record<Capacity, string>>;

/** A submission: name and definition are the job's own. */
export interface Submission {
  readonly jobId: string;
  readonly definitionArn: string;
  readonly capacity: Capacity;
  /** Of one attempt. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
  readonly tags: Record<string, string>;
}

export interface BatchClients {
  readonly client: BatchClient;
  /** Sends SubmitJob, which knows no idempotency token: it must try once only, or a lost answer is a second job. */
  readonly submitter: BatchClient;
}

/** Batch, as the orchestrator uses it: jobs named by our job ids. */
export function batchJobs({ client, submitter }: BatchClients, queues: Queues) {
  return {
    ...jobControl(client),
    ...jobLists(client, Object.values(queues)),

    /** @returns the ARN of the definition's new revision */
    async register(definition: RegisterJobDefinitionCommandInput): Promise<string> {
      const { jobDefinitionArn } = await client.send(new RegisterJobDefinitionCommand(definition));
      if (jobDefinitionArn === undefined) throw new Error("Batch registered a definition and gave it no ARN");
      return jobDefinitionArn;
    },

    /** @returns Batch's id of the job */
    async submit({ jobId, definitionArn, capacity, timeoutSeconds, attempts, tags }: Submission): Promise<string> {
      const { jobId: batchJobId } = await submitter.send(
        new SubmitJobCommand({
          jobName: jobId,
          jobQueue: queues[capacity],
          jobDefinition: definitionArn,
          timeout: { attemptDurationSeconds: timeoutSeconds },
          retryStrategy: { attempts },
          tags,
          propagateTags: true,
        }),
      );
      if (batchJobId === undefined) throw new Error("Batch took a job and gave it no id");
      return batchJobId;
    },
  };
}
