import { join } from "node:path";
import * as z from "zod";
import { type ObjectFiles, openObjectFiles } from "../object-files.ts";
import { parseExpression } from "./expression.ts";

const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-zA-Z-_.]+$/);
const clientToken = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9-_]+$/)
  .exactOptional();
const roleArn = z.string().regex(/^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/);
const queueArn = z.string().regex(/^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]+$/);
const functionArn = z.string().regex(/^arn:aws(-[a-z]+)?:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+$/, {
  error: "only functions are targets on this machine",
});
/** Seconds since the epoch, as AWS's REST-JSON carries times. */
const seconds = z.number();

/** EventBridge Scheduler's quota "Target payload size". */
const maximumInputBytes = 262_144;

const input = z
  .string()
  .min(1)
  .refine(isJson, { error: "a function's input must be well-formed JSON" })
  .refine((text) => Buffer.byteLength(text) <= maximumInputBytes, {
    error: `Member must have at most ${maximumInputBytes} bytes`,
  });

const retryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
  MaximumRetryAttempts: z.int().min(0).max(185).default(185),
});

const target = z.strictObject({
  Arn: functionArn,
  RoleArn: roleArn,
  Input: input.exactOptional(),
  RetryPolicy: retryPolicy.prefault({}),
  DeadLetterConfig: z.strictObject({ Arn: queueArn.exactOptional() }).exactOptional(),
});

const flexibleTimeWindow = z.discriminatedUnion("Mode", [
  z.strictObject({ Mode: z.literal("OFF") }),
  z.strictObject({ Mode: z.literal("FLEXIBLE"), MaximumWindowInMinutes: z.int().min(1).max(1440) }),
]);

/** What a caller says about a schedule. What it leaves out has the value it has on AWS. */
const settings = z.strictObject({
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default("UTC"),
  StartDate: seconds.exactOptional(),
  EndDate: seconds.exactOptional(),
  Description: z.string().max(512).exactOptional(),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  KmsKeyArn: z.string().exactOptional(),
  Target: target,
  FlexibleTimeWindow: flexibleTimeWindow,
  ActionAfterCompletion: z.enum(["NONE", "DELETE"]).default("NONE"),
});
export type Settings = Readonly<z.output<typeof settings>>;

const place = { Name: name, GroupName: name.default("default"), ClientToken: clientToken };

/** The requests of the operations, their path and query among their members. */
export const requests = {
  putSchedule: settings.extend(place).transform(({ Name, GroupName, ClientToken: token, ...given }) => ({
    name: Name,
    group: GroupName,
    token,
    settings: given,
  })),
  schedule: z
    .strictObject(place)
    .transform(({ Name, GroupName, ClientToken: token }) => ({ name: Name, group: GroupName, token })),
  listSchedules: z.strictObject({
    ScheduleGroup: name.exactOptional(),
    NamePrefix: name.exactOptional(),
    State: z.enum(["ENABLED", "DISABLED"]).exactOptional(),
    NextToken: z.string().min(1).max(2048).exactOptional(),
    MaxResults: z.coerce.number().pipe(z.int().min(1).max(100)).default(100),
  }),
  createGroup: z.strictObject({
    Name: name,
    /** Nothing here asks for them. */
    Tags: z
      .array(z.strictObject({ Key: z.string(), Value: z.string() }))
      .max(200)
      .default([]),
    ClientToken: clientToken,
  }),
  getGroup: z.strictObject({ Name: name }),
};

/** A request that was carried out, so that it is known when it comes again. */
const answered = z.strictObject({ token: z.string(), digest: z.string() });
export type Answered = Readonly<z.output<typeof answered>>;

/** What is on disk of a schedule. Its times are in milliseconds since the epoch. */
const schedule = z.strictObject({
  sequence: z.int().positive(),
  name,
  group: name,
  settings,
  createdAt: z.number(),
  modifiedAt: z.number(),
  created: answered.exactOptional(),
  updated: answered.exactOptional(),
  /** The last time that it invoked its target for. */
  lastTime: z.number().exactOptional(),
});
export type Schedule = Readonly<z.output<typeof schedule>>;

const group = z.strictObject({
  sequence: z.int().positive(),
  name,
  createdAt: z.number(),
  created: answered.exactOptional(),
});
export type Group = Readonly<z.output<typeof group>>;

/** All that EventBridge Scheduler remembers. */
export interface Stores {
  /** By `keyOf`. */
  readonly schedules: ObjectFiles<Schedule>;
  /** By name; `default` is always there. */
  readonly groups: ObjectFiles<Group>;
}

/** Neither name has a tilde in it. */
export const keyOf = ({ group, name }: Pick<Schedule, "group" | "name">) => `${group}~${name}`;

/** @throws Error naming the file when one cannot be read; nothing is changed then */
export function openStores(directory: string, now: number): Stores {
  const stores = {
    schedules: openObjectFiles(join(directory, "schedules"), schedule, keyOf),
    groups: openObjectFiles(join(directory, "groups"), group, ({ name }) => name),
  };
  if (!stores.groups.get("default"))
    stores.groups.put({ sequence: stores.groups.nextSequence(), name: "default", createdAt: now });
  return stores;
}

/** When a schedule invokes its target next after a time; undefined when it never does. */
export function nextTime({ settings, modifiedAt }: Schedule, after: number): number | undefined {
  const times = parseExpression(settings.ScheduleExpression, settings.ScheduleExpressionTimezone);
  if (typeof times === "string" || settings.State === "DISABLED") return undefined;
  if (times.once) return times.next(after, modifiedAt);
  const start = settings.StartDate === undefined ? modifiedAt : settings.StartDate * 1000;
  const next = times.next(Math.max(after, start - 1), start);
  const over = next === undefined || (settings.EndDate !== undefined && next >= settings.EndDate * 1000);
  return over ? undefined : next;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
