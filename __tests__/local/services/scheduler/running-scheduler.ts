import { type CreateScheduleInput, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { Target } from "../../../../local/services/scheduler/delivery.ts";
import { type SchedulerOptions, startScheduler } from "../../../../local/services/scheduler/start-scheduler.ts";
import { temporaryDirectory } from "../../../helpers/stage-process.ts";
import { handClock } from "./hand-clock.ts";

export const region = "eu-west-1";
export const accountId = "000000000000";
export const roleArn = `arn:aws:iam::${accountId}:role/schedules`;
export const functionArn = `arn:aws:lambda:${region}:${accountId}:function:worker`;
export const queueArn = `arn:aws:sqs:${region}:${accountId}:dead-letters`;
export const arnOf = (name: string, group = "default") =>
  `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;

export interface Running extends AsyncDisposable {
  readonly client: SchedulerClient;
  readonly url: string;
  readonly hand: ReturnType<typeof handClock>;
  /** What the function got, with the moment. */
  readonly invoked: { readonly at: string; readonly event: unknown }[];
  /** What the dead-letter queue got. */
  readonly dead: { readonly queueArn: string; readonly event: unknown; readonly attributes: object }[];
  readonly logged: string[];
  /** Makes the next attempts fail; the last one given stays. */
  fail(...errors: (Error | undefined)[]): void;
  begin(): void;
  /** Stops it and starts it anew on the same directory and clock. */
  restart(): Promise<void>;
}

/** A scheduler on a directory and a clock of its own, whose target is no function but a list. */
export async function runningScheduler(
  start = "2026-11-21T12:00:00.000Z",
  options: Partial<SchedulerOptions> = {},
): Promise<Running> {
  const directory = temporaryDirectory();
  const hand = handClock(start);
  const errors: (Error | undefined)[] = [];
  const invoked: Running["invoked"] = [];
  const dead: Running["dead"] = [];
  const logged: string[] = [];
  const run = () =>
    startScheduler({
      ...{ dataDirectory: directory.path, region, accountId, clock: hand.clock },
      mayTakeOn: (schedule) => schedule.roleArn === roleArn,
      log: (line) => logged.push(line),
      ...options,
    });
  let scheduler = await run();
  const client = () =>
    new SchedulerClient({
      ...{ region, endpoint: scheduler.url, maxAttempts: 1 },
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  let current = client();
  return {
    get client() {
      return current;
    },
    get url() {
      return scheduler.url;
    },
    ...{ hand, invoked, dead, logged },
    fail(...next) {
      errors.splice(0, errors.length, ...next);
    },
    begin() {
      scheduler.begin({
        async invoke(_: Target, event: unknown) {
          const error = errors.length > 1 ? errors.shift() : errors[0];
          if (error) throw error;
          invoked.push({ at: new Date(hand.clock.now()).toISOString(), event });
        },
        async sendDeadLetter(queue, _, event, attributes) {
          dead.push({ queueArn: queue, event, attributes });
        },
      });
    },
    async restart() {
      await scheduler.stop();
      scheduler = await run();
      current = client();
    },
    async [Symbol.asyncDispose]() {
      await scheduler.stop();
      directory.remove();
    },
  };
}

/** A schedule of every five minutes, or with other settings. */
export const schedule = (
  Name: string,
  { Target, ...settings }: Partial<Omit<CreateScheduleInput, "Target">> & { readonly Target?: object } = {},
): CreateScheduleInput => ({
  Name,
  ScheduleExpression: "cron(0/5 * * * ? *)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: { Arn: functionArn, RoleArn: roleArn, Input: "{}", ...Target },
  ...settings,
});
