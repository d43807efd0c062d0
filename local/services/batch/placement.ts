import type { Arns } from "./arn.ts";
import { isPlaced } from "./job-state.ts";
import type { Job } from "./model.ts";
import type { Stores } from "./stores.ts";

/**
 * The next job to start and the name of its compute environment: queues by priority, the oldest job of a queue first,
 * environments in the queue's order, none beyond its maxvCpus. A job that does not fit holds up those behind it in its
 * queue, as in Batch without a scheduling policy.
 */
export function nextPlacement(stores: Stores, arns: Arns): { job: Job; environment: string } | undefined {
  const jobs = stores.jobs.all();
  const queues = stores.jobQueues.all().toSorted((a, b) => b.priority - a.priority);
  for (const queue of queues) {
    const job = jobs.find(({ detail }) => detail.jobQueue === queue.jobQueueArn && detail.status === "RUNNABLE");
    if (job === undefined) continue;
    const environment = queue.computeEnvironmentOrder
      .toSorted((a, b) => a.order - b.order)
      .map(({ computeEnvironment }) => arns.idIn("compute-environment", computeEnvironment) ?? computeEnvironment)
      .find((name) => job.vcpus <= freeVcpus(name));
    if (environment !== undefined) return { job, environment };
  }
  return undefined;

  function freeVcpus(name: string): number {
    const environment = stores.computeEnvironments.get(name);
    if (environment?.state !== "ENABLED") return 0;
    return jobs
      .filter((job) => job.computeEnvironment === name && isPlaced(job.detail.status))
      .reduce((free, job) => free - job.vcpus, environment.computeResources.maxvCpus);
  }
}
