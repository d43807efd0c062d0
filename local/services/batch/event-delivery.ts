import { setMaxListeners } from "node:events";
import pRetry from "p-retry";
import type { ObjectFiles } from "../object-files.ts";
import type { BatchStateChangeEvent, Job } from "./model.ts";

export interface EventDelivery {
  /** Publishes what waits in the job's outbox, if that is not already going on. */
  deliver(jobId: string): void;
}

/**
 * Empties outboxes: a job's events one after the other in order, each until `publish` has taken it, at least once.
 * An event leaves the outbox after it was taken, so one that a crash leaves there is published again.
 */
export function startEventDelivery(options: {
  jobs: ObjectFiles<Job>;
  publish: (event: BatchStateChangeEvent) => Promise<void>;
  log: (message: string) => void;
  /** Ends the delivery; what was not taken stays in the outboxes. */
  signal: AbortSignal;
}): EventDelivery {
  const { jobs, log, signal } = options;
  // Each job's delivery may wait on it.
  setMaxListeners(0, signal);
  const busy = new Set<string>();

  async function publish(event: BatchStateChangeEvent): Promise<void> {
    try {
      await options.publish(event);
    } catch (error) {
      log(`event ${event.id} of job ${event.detail.jobId} was not taken and is tried again: ${error}`);
      // p-retry gives up at a TypeError; whatever the receiver threw is a reason to try again.
      throw new Error("event not taken", { cause: error });
    }
  }

  /** Empties one outbox; no longer busy in the same step that finds it empty, so no event falls between. */
  async function empty(jobId: string): Promise<void> {
    busy.add(jobId);
    try {
      for (let event = jobs.get(jobId)?.outbox[0]; event !== undefined; event = jobs.get(jobId)?.outbox[0]) {
        const next = event;
        await pRetry(() => publish(next), {
          retries: Number.POSITIVE_INFINITY,
          minTimeout: 100,
          maxTimeout: 10_000,
          signal,
        });
        const job = jobs.get(jobId);
        if (signal.aborted || job === undefined) return;
        jobs.put({ ...job, outbox: job.outbox.slice(1) });
      }
    } finally {
      busy.delete(jobId);
    }
  }

  return {
    deliver(jobId) {
      if (busy.has(jobId) || signal.aborted) return;
      empty(jobId).catch((error: unknown) => {
        if (!signal.aborted) log(`events of job ${jobId} wait for the next start: ${error}`);
      });
    },
  };
}
