import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import * as z from "zod";
import type { scheduleSettings } from "../contract/schemas.ts";
import type { ConnectorRef } from "../model/keys.ts";
import { ifNew, ifThere, untilSettled } from "./contention.ts";
import { scheduleName } from "./schedule-name.ts";
import { environmentIn, startInput } from "./start-request.ts";

export type ScheduleStore = ReturnType<typeof scheduleStore>;
export type ScheduleRemoval = ReturnType<typeof scheduleRemoval>;

/** When a connector's jobs are started, and with which variables. */
export type Schedule = z.output<typeof scheduleSettings>;

/** What every schedule has alike, set by the stack. */
export interface ScheduleTarget {
  /** ARN of the function that starts jobs. */
  readonly function: string;
  /** ARN of the role by which Scheduler invokes it. */
  readonly role: string;
  /** ARN of the queue for what Scheduler could not hand over. */
  readonly deadLetters: string;
}

/** A start that could not be handed over within an hour is given up: the schedule's next one is near. */
const retryPolicy = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 };

const states = { ENABLED: "ENABLED", PAUSED: "DISABLED" } as const satisfies Record<Schedule["state"], string>;

const storedSchedule = z
  .object({
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.string().default("UTC"),
    State: z.enum(states),
    Target: z.object({ Input: z.string() }),
  })
  .transform(
    ({ ScheduleExpression, ScheduleExpressionTimezone, State, Target }): Schedule => ({
      schedule_expression: ScheduleExpression,
      timezone: ScheduleExpressionTimezone,
      state: State === states.ENABLED ? "ENABLED" : "PAUSED",
      environment: environmentIn(Target.Input),
    }),
  );

/**
 * Connectors' schedules. EventBridge Scheduler alone keeps them, in a group of the stack's: there is no second copy that
 * could say otherwise. It knows no condition on a change, so of two changes at the same moment one stands, whole. The SDK
 * gives each write a token, the same on each of its attempts, so that one whose answer was lost counts once.
 */
export function scheduleStore(client: SchedulerClient, group: string, target: ScheduleTarget) {
  const nameOf = (ref: ConnectorRef) => ({ GroupName: group, Name: scheduleName(ref) });
  const read = (ref: ConnectorRef) => ifThere(() => client.send(new GetScheduleCommand(nameOf(ref))));

  return {
    ...scheduleRemoval(client, group),

    async find(ref: ConnectorRef): Promise<Schedule | undefined> {
      const found = await untilSettled(() => read(ref));
      return found && storedSchedule.parse(found);
    },

    /**
     * Gives a connector a schedule, in place of the one before.
     *
     * @throws RequestError `BadRequest` when Scheduler does not know the expression or the time zone; `Conflict` when
     *   others are changing the schedule
     */
    async put(ref: ConnectorRef, { schedule_expression, timezone, state, environment }: Schedule): Promise<void> {
      const schedule = {
        ...nameOf(ref),
        ScheduleExpression: schedule_expression,
        ScheduleExpressionTimezone: timezone,
        State: states[state],
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: target.function,
          RoleArn: target.role,
          Input: startInput(ref, environment),
          RetryPolicy: retryPolicy,
          DeadLetterConfig: { Arn: target.deadLetters },
        },
      } as const;
      await untilSettled(async () => {
        const created = await ifNew(() => client.send(new CreateScheduleCommand(schedule)));
        if (!created) await client.send(new UpdateScheduleCommand(schedule));
      });
    },

    /**
     * Pauses or resumes a schedule and leaves the rest of it. One that is so already is not written.
     *
     * @returns the schedule as it is then; undefined when there is none
     * @throws RequestError `Conflict` when others are changing the schedule
     */
    async setState(ref: ConnectorRef, state: Schedule["state"]): Promise<Schedule | undefined> {
      return untilSettled(async () => {
        const found = await read(ref);
        if (!found) return undefined;
        const schedule = storedSchedule.parse(found);
        if (schedule.state === state) return schedule;
        // An update replaces all there is, so it says again what it found.
        const { $metadata, Arn, CreationDate, LastModificationDate, ...rest } = found;
        const { ScheduleExpression, FlexibleTimeWindow, Target } = rest;
        const whole = { ...rest, ...nameOf(ref), ScheduleExpression, FlexibleTimeWindow, Target };
        const updated = await ifThere(() => client.send(new UpdateScheduleCommand({ ...whole, State: states[state] })));
        return updated && { ...schedule, state };
      });
    },
  };
}

/** The end of schedules, for those that need no more of them. */
export const scheduleRemoval = (client: SchedulerClient, group: string) => ({
  /**
   * Deletes a connector's schedule; false when there was none.
   *
   * @throws RequestError `Conflict` when others are changing it
   */
  async remove(ref: ConnectorRef): Promise<boolean> {
    const command = { GroupName: group, Name: scheduleName(ref) };
    const removed = await untilSettled(() => ifThere(() => client.send(new DeleteScheduleCommand(command))));
    return removed !== undefined;
  },
});
