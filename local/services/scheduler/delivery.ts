import { randomUUID } from "node:crypto";
import type { Clock } from "../../functions/clock.ts";
import type { Arns } from "./arn.ts";
import type { Schedule } from "./model.ts";

/** What a schedule invokes. */
export interface Target {
  /** Name of the schedule. */
  readonly schedule: string;
  readonly groupArn: string;
  readonly functionArn: string;
  /** Who EventBridge Scheduler is when it invokes the function. */
  readonly roleArn: string;
}

/** The text attributes of a message. */
export type MessageAttributes = Readonly<Record<string, string>>;

export interface Targets {
  /** Resolves when the target has the event for good. @throws TargetError, or anything else that may pass */
  invoke(target: Target, event: unknown): Promise<void>;
  sendDeadLetter(queueArn: string, target: Target, event: unknown, attributes: MessageAttributes): Promise<void>;
}

/** An answer of the target that another attempt would not change. */
export class TargetError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

export interface DeliveryOptions {
  readonly arns: Arns;
  readonly targets: Targets;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  /** Cuts waits short: nothing is tried again then. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const firstRetrySeconds = 1;
const longestRetrySeconds = 900;

/**
 * Invokes a schedule's target for one time: again after each failure, waiting longer and longer, as its retry policy
 * has it; then the event goes to its dead-letter queue. An error that another attempt would not change ends it at once.
 */
export async function deliver(schedule: Schedule, time: number, options: DeliveryOptions): Promise<void> {
  const { arns, targets, clock, signal, log } = options;
  const { Arn: functionArn, RoleArn: roleArn, RetryPolicy: policy, DeadLetterConfig } = schedule.settings.Target;
  const target = { schedule: schedule.name, groupArn: arns.group(schedule.group), functionArn, roleArn };
  const scheduleArn = arns.schedule(schedule);
  const giveUpAt = time + policy.MaximumEventAgeInSeconds * 1000;

  for (let attempt = 1; ; attempt += 1) {
    const executionId = randomUUID();
    const event = eventOf(schedule, { attempt, executionId, scheduleArn, time }, options);
    try {
      await targets.invoke(target, event);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = inWords(error);
      const wait = Math.min(firstRetrySeconds * 2 ** (attempt - 1), longestRetrySeconds) * 1000;
      const exhausted =
        attempt > policy.MaximumRetryAttempts
          ? "MaximumRetryAttempts"
          : clock.now() + wait > giveUpAt
            ? "MaximumEventAgeInSeconds"
            : undefined;
      if (error instanceof TargetError || exhausted !== undefined) {
        log(`schedule ${schedule.group}/${schedule.name} could not invoke ${functionArn}: ${code}: ${message}`);
        if (DeadLetterConfig?.Arn === undefined) return;
        const attributes = {
          ...{ ERROR_CODE: code, ERROR_MESSAGE: message, EXECUTION_ID: executionId },
          ...{ IS_PAYLOAD_TRUNCATED: "false", RETRY_ATTEMPTS: String(attempt - 1) },
          ...{ SCHEDULED_TIME: inSeconds(time), SCHEDULE_ARN: scheduleArn, TARGET_ARN: functionArn },
          ...(!(error instanceof TargetError) && exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
        };
        await targets.sendDeadLetter(DeadLetterConfig.Arn, target, event, attributes);
        return;
      }
      await clock.sleep(wait, signal);
      if (signal.aborted) return;
    }
  }
}

interface Execution {
  readonly attempt: number;
  readonly executionId: string;
  readonly scheduleArn: string;
  readonly time: number;
}

/** User Guide: "Adding context attributes in EventBridge Scheduler". Without an input, a target gets a notification. */
function eventOf(
  { settings }: Schedule,
  { attempt, executionId, scheduleArn, time }: Execution,
  { accountId: account, region }: DeliveryOptions,
): unknown {
  if (settings.Target.Input === undefined) {
    return {
      ...{ version: "0", id: executionId, "detail-type": "Scheduled Event", source: "aws.scheduler", account },
      ...{ time: inSeconds(time), region, resources: [scheduleArn], detail: "{}" },
    };
  }
  const text = settings.Target.Input.replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
    .replaceAll("<aws.scheduler.scheduled-time>", inSeconds(time))
    .replaceAll("<aws.scheduler.execution-id>", executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(attempt));
  return JSON.parse(text);
}

const inSeconds = (time: number) => new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");

function inWords(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "Error", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code, message: error.message };
}
