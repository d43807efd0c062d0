import { randomUUID } from "node:crypto";
import { type AsyncFailureCondition, type AsyncFailureRecord, asyncFailureRecord } from "./async-destination.ts";
import { type JournalEntry, openAsyncJournal } from "./async-journal.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Invocable, InvocationResult } from "./invocation.ts";
import { LambdaServiceError } from "./service-error.ts";

/** A function with its settings for asynchronous invocation. */
export interface AsyncTarget {
  readonly function: Invocable;
  /** Further runs after an error of the function, 0 to 2. @default 2 */
  readonly maximumRetryAttempts?: number;
  /** Seconds, 60 to 21,600, after which an event is not run any more. @default 21600 */
  readonly maximumEventAgeSeconds?: number;
  /** Takes the record of an event that was given up; called again until it resolves. @default the event is dropped */
  readonly onFailure?: (record: AsyncFailureRecord) => Promise<void>;
}

/** Lambda's queue for asynchronous events: at least once, in no order. */
export interface AsyncInvoker {
  /**
   * Resolves with the request id once the event is on disk.
   * @throws LambdaServiceError `ResourceNotFoundException`, or `RequestEntityTooLargeException` over 1 MiB
   */
  enqueue(functionName: string, event: unknown): Promise<string>;
  /** Waits at most two seconds for running events; all that is unfinished stays on disk. */
  stop(): Promise<void>;
}

export interface AsyncInvokerOptions {
  /** Folder of the events that are not finished. */
  readonly directory: string;
  /** By function name. */
  readonly targets: Readonly<Record<string, AsyncTarget>>;
  readonly clock?: Clock;
  /** Scales Lambda's waits of one and two minutes. @default 1 */
  readonly delayFactor?: number;
  readonly log?: (line: string) => void;
}

/** AWS: "How Lambda handles errors and retries with asynchronous invocation": one minute, then two. */
const retryDelaysSeconds = [60, 120];
/** AWS: "Lambda quotas", invocation payload, asynchronous. */
const maximumEventBytes = 1_048_576;
const stopGraceMilliseconds = 2_000;

/** Opens the journal, takes up what an earlier run left in it, and delivers what is enqueued. */
export async function startAsyncInvoker(options: AsyncInvokerOptions): Promise<AsyncInvoker> {
  const { targets, clock = systemClock, delayFactor = 1, log = () => {} } = options;
  for (const [name, target] of Object.entries(targets)) checkTarget(name, target);
  const { journal, left } = await openAsyncJournal(options.directory);
  const stopping = new AbortController();
  const deliveries = new Set<Promise<void>>();
  let abandoned = false;

  /** One step of an event towards its end: what it is afterwards, or undefined when it is finished. */
  const advance = async (entry: JournalEntry, target: AsyncTarget): Promise<JournalEntry | undefined> => {
    if (entry.givenUp) {
      await target.onFailure?.(failureRecord(entry, entry.givenUp, target));
      return undefined;
    }
    const age = clock.now() - entry.enqueuedAt;
    if (age > (target.maximumEventAgeSeconds ?? 21_600) * 1000) return giveUp(entry, "EventAgeExceeded");
    const result = await target.function.invoke(entry.event);
    if (result.ok) return undefined;
    return afterError(entry, target, result);
  };
  const afterError = (entry: JournalEntry, target: AsyncTarget, result: InvocationResult & { ok: false }) => {
    const failed = { ...entry, failures: entry.failures + 1, lastError: copyError(result.error) };
    const delay = entry.failures < (target.maximumRetryAttempts ?? 2) ? retryDelaysSeconds[entry.failures] : undefined;
    if (delay === undefined) return giveUp(failed, "RetriesExhausted");
    return { ...failed, notBefore: clock.now() + delay * 1000 * delayFactor };
  };
  const giveUp = (entry: JournalEntry, condition: AsyncFailureCondition): JournalEntry => {
    log(`${entry.functionName}: event ${entry.requestId} is given up: ${condition}`);
    return { ...entry, givenUp: { condition, at: clock.now() } };
  };

  const deliver = async (first: JournalEntry, target: AsyncTarget): Promise<void> => {
    let entry = first;
    let disturbances = 0;
    while (!stopping.signal.aborted) {
      const wait = entry.givenUp ? 0 : entry.notBefore - clock.now();
      if (wait > 0) {
        await clock.sleep(wait, stopping.signal);
        continue;
      }
      try {
        const next = await advance(entry, target);
        if (abandoned) return;
        if (!next) {
          await journal.remove(entry.requestId);
          return;
        }
        await journal.put(next);
        entry = next;
        disturbances = 0;
      } catch (error) {
        // Not the function's error: the service, the destination or the disk. It costs the event no attempt.
        if (stopping.signal.aborted) return;
        log(`${entry.functionName}: event ${entry.requestId} has to wait: ${String(error)}`);
        await clock.sleep(Math.min(1_000 * 2 ** disturbances, 300_000) * delayFactor, stopping.signal);
        disturbances += 1;
      }
    }
  };
  const start = (entry: JournalEntry, target: AsyncTarget) => {
    const delivery = deliver(entry, target).finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
  };

  for (const entry of left) {
    const target = Object.hasOwn(targets, entry.functionName) ? targets[entry.functionName] : undefined;
    if (target) start(entry, target);
    else log(`${entry.functionName}: event ${entry.requestId} stays on disk, for there is no such function now`);
  }

  return {
    async enqueue(functionName, event) {
      const target = Object.hasOwn(targets, functionName) ? targets[functionName] : undefined;
      if (!target) throw new LambdaServiceError("ResourceNotFoundException", `Function not found: ${functionName}`);
      if (stopping.signal.aborted) throw new LambdaServiceError("ServiceException", "the invoker was stopped");
      const json = JSON.stringify(event) ?? "null";
      const bytes = Buffer.byteLength(json);
      if (bytes > maximumEventBytes)
        throw new LambdaServiceError(
          "RequestEntityTooLargeException",
          `${bytes} byte payload is too large for the Event invocation type (limit ${maximumEventBytes} bytes)`,
        );
      const now = clock.now();
      const entry = {
        requestId: randomUUID(),
        functionName,
        event: JSON.parse(json),
        enqueuedAt: now,
        notBefore: now,
        failures: 0,
      };
      await journal.put(entry);
      start(entry, target);
      return entry.requestId;
    },
    async stop() {
      stopping.abort();
      const grace = new AbortController();
      await Promise.race([Promise.all(deliveries), systemClock.sleep(stopGraceMilliseconds, grace.signal)]);
      grace.abort();
      abandoned = true;
    },
  };
}

function failureRecord(entry: JournalEntry, givenUp: NonNullable<JournalEntry["givenUp"]>, target: AsyncTarget) {
  return asyncFailureRecord({
    function: target.function,
    requestId: entry.requestId,
    event: entry.event,
    condition: givenUp.condition,
    invocations: entry.failures,
    lastError: entry.lastError,
    now: givenUp.at,
  });
}

function copyError({ errorType, errorMessage, stackTrace }: (InvocationResult & { ok: false })["error"]) {
  return { errorType, errorMessage, ...(stackTrace && { stackTrace: [...stackTrace] }) };
}

function checkTarget(name: string, { maximumRetryAttempts = 2, maximumEventAgeSeconds = 21_600 }: AsyncTarget): void {
  const problems = [
    ...([0, 1, 2].includes(maximumRetryAttempts) ? [] : [`maximumRetryAttempts is ${maximumRetryAttempts}: 0, 1 or 2`]),
    ...(maximumEventAgeSeconds >= 60 && maximumEventAgeSeconds <= 21_600
      ? []
      : [`maximumEventAgeSeconds is ${maximumEventAgeSeconds}: 60 to 21600`]),
  ];
  if (problems.length > 0)
    throw new LambdaServiceError("InvalidParameterValueException", `${name}: ${problems.join("; ")}`);
}
