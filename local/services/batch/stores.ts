import { join } from "node:path";
import { type ObjectFiles, openObjectFiles } from "../object-files.ts";
import {
  type ComputeEnvironment,
  computeEnvironment,
  type Job,
  type JobDefinition,
  type JobQueue,
  job,
  jobDefinition,
  jobQueue,
} from "./model.ts";

/** All that Batch remembers. Keys: names; `name:revision` of a definition; job ids. */
export interface Stores {
  readonly computeEnvironments: ObjectFiles<ComputeEnvironment>;
  readonly jobQueues: ObjectFiles<JobQueue>;
  readonly jobDefinitions: ObjectFiles<JobDefinition>;
  readonly jobs: ObjectFiles<Job>;
}

/** Throws an error naming the file when one cannot be read; nothing is changed then. */
export function openStores(directory: string): Stores {
  const at = (name: string) => join(directory, name);
  return {
    computeEnvironments: openObjectFiles(
      at("compute-environments"),
      computeEnvironment,
      (object) => object.computeEnvironmentName,
    ),
    jobQueues: openObjectFiles(at("job-queues"), jobQueue, (object) => object.jobQueueName),
    jobDefinitions: openObjectFiles(at("job-definitions"), jobDefinition, definitionKey),
    jobs: openObjectFiles(at("jobs"), job, (object) => object.detail.jobId),
  };
}

export const definitionKey = ({
  jobDefinitionName,
  revision,
}: {
  jobDefinitionName: string;
  revision: number;
}): string => `${jobDefinitionName}:${revision}`;
