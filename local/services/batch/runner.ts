import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { inspect } from "node:util";
import { killLeftover } from "../../processes/process-group.ts";
import type { Clock } from "./clock.ts";
import { ResourceInitializationError, type SecretLookup } from "./container-secrets.ts";
import { type ContainerHost, logFileOf, refusedTask, startContainer, taskNames } from "./container-start.ts";
import { startEventDelivery } from "./event-delivery.ts";
import type { JobProcess } from "./job-process.ts";
import * as state from "./job-state.ts";
import type { BatchStateChangeEvent, Job } from "./model.ts";
import { nextPlacement } from "./placement.ts";
import { stateChangeEvent } from "./state-change-event.ts";
import type { Stores } from "./stores.ts";

/** Batch keeps terminal jobs 7 days (Batch User Guide, "Job states"). */
const keptMilliseconds = 7 * 24 * 3600 * 1000;
const sweepMilliseconds = 3600 * 1000;
/** Most seconds a process has to end by itself when the whole service stops. */
const longestGoodbye = 2;

export interface RunnerOptions extends Omit<ContainerHost, "now" | "secrets"> {
  readonly secrets: SecretLookup;
  readonly stores: Stores;
  readonly publish: (event: BatchStateChangeEvent) => Promise<void>;
  readonly clock: Clock;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly killAfterSeconds: number;
  /** Whether jobs wait, RUNNABLE, until `begin`. */
  readonly held: boolean;
}

/** Runs the jobs of the store as processes of this machine, as many at once as the compute environments allow. */
export interface Runner {
  submit(job: Job): void;
  /** Ends a job that has no container yet; leaves any other as it is. */
  cancel(job: Job, reason: string): void;
  /** Ends a job: at once without a process, else when its process is gone. */
  terminate(job: Job, reason: string): void;
  /** Lets jobs start that were held. */
  begin(): void;
  /** Places RUNNABLE jobs; to be called when a queue or a compute environment has changed. */
  schedule(): void;
  /**
   * Ends all processes and leaves the jobs' records: the next start counts their attempts as lost with the host. What is
   * submitted, cancelled or terminated later is on record for the next start.
   */
  stop(): Promise<void>;
}

/** Takes up what the last host left, then runs, unless held. Rejects when a process the last host left cannot be ended. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { stores, clock, log, logDirectory } = options;
  const { jobs } = stores;
  let { held } = options;
  const stopped = new AbortController();
  // A lookup of an image or a secret may never answer: nothing waits for it longer than the service runs.
  const whenStopped = new Promise<undefined>((resolve) => {
    stopped.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const host: ContainerHost = {
    ...options,
    now: clock.now,
    image: (uri) => Promise.race([options.image(uri), whenStopped]),
    secrets: (...request) => Promise.race([options.secrets(...request), whenStopped]),
  };
  const delivery = startEventDelivery({ jobs, publish: options.publish, log, signal: stopped.signal });
  const processes = new Map<string, JobProcess>();
  const timers = new Map<string, () => void>();
  const attempts = new Set<Promise<unknown>>();

  function save(job: Job): Job {
    const { jobId, status } = job.detail;
    const before = jobs.get(jobId);
    // "Events aren't created for the initial job submission" (Batch User Guide, "Job state change events").
    if (before === undefined || before.detail.status === status) {
      jobs.put(job);
      return job;
    }
    const event = stateChangeEvent(job.detail, { ...options, at: clock.now() });
    const changed = { ...job, outbox: [...job.outbox, event] };
    jobs.put(changed);
    delivery.deliver(jobId);
    return changed;
  }

  function schedule(): void {
    for (;;) {
      const next = held || stopped.signal.aborted ? undefined : nextPlacement(stores, options.arns);
      if (next === undefined) return;
      const job = save(state.starting(next.job, next.environment));
      const attempt: Promise<unknown> = runAttempt(job)
        .then(schedule)
        .catch((error: unknown) => log(`job ${job.detail.jobId} is stuck until the next start: ${inspect(error)}`))
        .finally(() => attempts.delete(attempt));
      attempts.add(attempt);
    }
  }

  /** One attempt of a STARTING job, to its end. */
  async function runAttempt(job: Job): Promise<void> {
    const { jobId } = job.detail;
    /** The job, while this is the attempt it is in. */
    const current = (): Job | undefined => {
      const now = jobs.get(jobId);
      if (now === undefined || stopped.signal.aborted || !state.isPlaced(now.detail.status)) return undefined;
      return now.detail.attempts.length === job.detail.attempts.length ? now : undefined;
    };
    const end = (ended: Omit<state.AttemptEnd, "at">): void => {
      const now = current();
      if (now !== undefined) save(state.attemptEnded(now, { ...ended, at: clock.now() }));
    };
    const started = await startTask(job);
    if ("statusReason" in started) return end(started);
    const starting = current();
    if (starting === undefined) {
      started.task.signal("SIGKILL");
      await started.task.exited;
      return;
    }
    runTask(starting, started.taskId, started.task);
    const exitCode = await started.task.exited;
    timers.get(jobId)?.();
    timers.delete(jobId);
    processes.delete(jobId);
    end({ statusReason: "Essential container in task exited", exitCode });
  }

  async function startTask(job: Job): Promise<{ task: JobProcess; taskId: string } | Omit<state.AttemptEnd, "at">> {
    const refused = refusedTask(job);
    if (refused !== undefined) return { statusReason: refused };
    const taskId = randomBytes(16).toString("hex");
    try {
      return { task: await startContainer(job, taskId, host), taskId };
    } catch (error) {
      if (error instanceof ResourceInitializationError) return { statusReason: error.message };
      return { statusReason: "Task failed to start", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  function runTask(job: Job, taskId: string, task: JobProcess): void {
    const { jobId, timeout } = job.detail;
    processes.set(jobId, task);
    save(state.running(job, { process: task.process, ...taskNames(job, taskId, host), at: clock.now() }));
    if (timeout !== undefined) {
      const expire = () => stopTask(jobId, "Job attempt duration exceeded timeout");
      timers.set(jobId, clock.after(timeout.attemptDurationSeconds * 1000, expire));
    }
    task.release();
  }

  function stopTask(jobId: string, reason: string): void {
    const job = jobs.get(jobId);
    const task = processes.get(jobId);
    if (job === undefined || job.stopping !== undefined) return;
    save(state.stopping(job, reason));
    if (task === undefined || stopped.signal.aborted) return; // it ends with this host; the next one knows why
    timers.get(jobId)?.();
    task.signal("SIGTERM");
    const kill = () => task.signal("SIGKILL");
    timers.set(jobId, clock.after(options.killAfterSeconds * 1000, kill));
  }

  function forgetOldJobs(): void {
    const oldest = clock.now() - keptMilliseconds;
    for (const { detail, outbox } of jobs.all()) {
      const { jobId, status, stoppedAt = 0 } = detail;
      if (!state.isTerminal(status) || outbox.length > 0 || stoppedAt >= oldest) continue;
      for (const { container } of detail.attempts) {
        const taskId = container.taskArn?.split("/").at(-1);
        if (taskId !== undefined) rmSync(logFileOf(logDirectory, taskId), { force: true });
      }
      jobs.delete(jobId);
    }
    timers.set("sweep", clock.after(sweepMilliseconds, forgetOldJobs));
  }

  for (const { process } of jobs.all()) if (process !== undefined) await killLeftover(process, "a Batch job");
  for (const job of jobs.all()) {
    const { jobId, status } = job.detail;
    if (state.isPlaced(status)) {
      save(state.attemptEnded(job, { statusReason: "Host localhost (local stage) terminated.", at: clock.now() }));
    } else if (status === "SUBMITTED") {
      save(state.runnable(job));
    }
    delivery.deliver(jobId);
  }
  forgetOldJobs();
  schedule();

  return {
    submit(job) {
      save(state.runnable(save(job)));
      schedule();
    },
    cancel(job, reason) {
      if (state.isTerminal(job.detail.status) || state.isPlaced(job.detail.status)) return;
      const cancelled: Job = { ...job, detail: { ...job.detail, isCancelled: true } };
      save(state.endedBeforeRunning(cancelled, reason, clock.now()));
      schedule();
    },
    terminate(job, reason) {
      const { jobId, status } = job.detail;
      if (state.isTerminal(status)) return;
      const terminated: Job = { ...job, detail: { ...job.detail, isTerminated: true } };
      if (status === "RUNNING") {
        save(terminated);
        stopTask(jobId, reason);
      } else {
        save(state.endedBeforeRunning(terminated, reason, clock.now()));
        schedule();
      }
    },
    begin() {
      held = false;
      schedule();
    },
    schedule,
    async stop() {
      stopped.abort();
      for (const cancel of timers.values()) cancel();
      const signalAll = (signal: NodeJS.Signals) => {
        for (const task of processes.values()) task.signal(signal);
      };
      signalAll("SIGTERM");
      const seconds = Math.min(options.killAfterSeconds, longestGoodbye);
      const kill = setTimeout(() => signalAll("SIGKILL"), seconds * 1000);
      await Promise.all(attempts);
      clearTimeout(kill);
    },
  };
}
