import { isDeepStrictEqual } from "node:util";
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  type CreateScheduleInput,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  type GetScheduleOutput,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { block } from "./blocks.ts";
import { kind, type ResourceKinds } from "./resource.ts";
import { unless } from "./unless.ts";

/**
 * What a stack's resources make in EventBridge Scheduler.
 *
 * @param note is told of every schedule of the stacks
 */
export const schedulerKinds = (
  scheduler: SchedulerClient,
  note: (schedule: { readonly GroupName: string; readonly Name: string }) => void,
): ResourceKinds =>
  new Map([
    ["aws_scheduler_schedule", schedule(scheduler, note)],
    ["aws_scheduler_schedule_group", group(scheduler)],
  ]);

const group = (scheduler: SchedulerClient) =>
  kind(z.object({ name: z.string() }), [], async ({ name: Name }) => {
    const get = () => scheduler.send(new GetScheduleGroupCommand({ Name }));
    const existing = await unless(ResourceNotFoundException, get());
    if (!existing) await scheduler.send(new CreateScheduleGroupCommand({ Name }));
    const { Arn, State } = existing ?? (await get());
    return { id: Name, arn: Arn, state: State };
  });

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const scheduleArguments = z.object({
  name: z.string(),
  group_name: z.string().default("default"),
  description: z.string().optional(),
  schedule_expression: z.string(),
  schedule_expression_timezone: z.string().default("UTC"),
  start_date: moment.optional(),
  end_date: moment.optional(),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  action_after_completion: z.enum(["NONE", "DELETE"]).default("NONE"),
  flexible_time_window: block(
    z.strictObject({ mode: z.enum(["OFF", "FLEXIBLE"]), maximum_window_in_minutes: z.number().optional() }),
  ),
  target: block(
    z.strictObject({
      arn: z.string().regex(/^arn:[^:]+:lambda:/, "only functions are targets on this machine"),
      role_arn: z.string(),
      input: z.string().optional(),
      dead_letter_config: block(z.strictObject({ arn: z.string() })),
      retry_policy: block(
        z.strictObject({
          maximum_event_age_in_seconds: z.number().default(86_400),
          maximum_retry_attempts: z.number().default(185),
        }),
      ),
    }),
  ),
});

const schedule = (scheduler: SchedulerClient, note: Parameters<typeof schedulerKinds>[1]) =>
  kind(scheduleArguments, ["kms_key_arn"], async (body, _, { address }) => {
    const wanted = requestOf(body, address);
    const place = { GroupName: body.group_name, Name: body.name };
    note(place);
    const get = () => scheduler.send(new GetScheduleCommand(place));
    const existing = await unless(ResourceNotFoundException, get());
    if (!existing) await scheduler.send(new CreateScheduleCommand(wanted));
    // An update would begin a rate anew.
    else if (!isSame(wanted, existing)) await scheduler.send(new UpdateScheduleCommand(wanted));
    const { Arn } = existing ?? (await get());
    return { id: `${body.group_name}/${body.name}`, arn: Arn };
  });

/** With everything that AWS would fill in, so that it compares with what is there. */
function requestOf(body: z.output<typeof scheduleArguments>, address: string): CreateScheduleInput {
  const { flexible_time_window: window, target } = body;
  if (!window || !target) throw new Error(`${address}: needs flexible_time_window and target`);
  const { retry_policy: retry, dead_letter_config: deadLetters } = target;
  return {
    Name: body.name,
    GroupName: body.group_name,
    Description: body.description,
    ScheduleExpression: body.schedule_expression,
    ScheduleExpressionTimezone: body.schedule_expression_timezone,
    StartDate: body.start_date,
    EndDate: body.end_date,
    State: body.state,
    ActionAfterCompletion: body.action_after_completion,
    FlexibleTimeWindow: { Mode: window.mode, MaximumWindowInMinutes: window.maximum_window_in_minutes },
    Target: {
      Arn: target.arn,
      RoleArn: target.role_arn,
      Input: target.input,
      RetryPolicy: {
        MaximumEventAgeInSeconds: retry?.maximum_event_age_in_seconds ?? 86_400,
        MaximumRetryAttempts: retry?.maximum_retry_attempts ?? 185,
      },
      DeadLetterConfig: deadLetters && { Arn: deadLetters.arn },
    },
  };
}

const settings = [
  "Description",
  "ScheduleExpression",
  "ScheduleExpressionTimezone",
  "StartDate",
  "EndDate",
  "State",
  "ActionAfterCompletion",
  "FlexibleTimeWindow",
  "Target",
] as const;

const isSame = (wanted: CreateScheduleInput, found: GetScheduleOutput) =>
  settings.every((name) => isDeepStrictEqual(asSent(wanted[name]), asSent(found[name])));

/** Without members that have no value. */
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
