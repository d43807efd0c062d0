import { createHash } from "node:crypto";
import { JsonError, validationException } from "../json/json-error.ts";
import type { JsonOperation } from "../json/json-service.ts";
import { parseInput } from "../json/parse-input.ts";
import { newestFirst } from "../page.ts";
import type { Arns } from "./arn.ts";
import type { Target } from "./delivery.ts";
import { parseExpression } from "./expression.ts";
import { type Answered, type Group, keyOf, requests, type Schedule, type Stores } from "./model.ts";

export interface SchedulerContext {
  readonly arns: Arns;
  readonly stores: Stores;
  /** Whether a schedule's role is there and EventBridge Scheduler may take it on. */
  readonly mayTakeOn: (schedule: Pick<Target, "schedule" | "groupArn" | "roleArn">) => boolean;
  /** Told of a schedule that was made, changed or removed. */
  readonly changed: (key: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The operations of EventBridge Scheduler that the stage's stacks and handlers use. */
export function schedulerOperations(context: SchedulerContext): Record<string, JsonOperation> {
  const { arns, stores, mayTakeOn, changed, now } = context;
  const { schedules, groups } = stores;
  /** Deletions this process has answered, for the request that comes again. */
  const deletions = new Set<string>();

  function groupOf(name: string): Group {
    const group = groups.get(name);
    if (!group) throw notFound(`Schedule group ${name} does not exist.`);
    return group;
  }

  function scheduleOf(place: Pick<Schedule, "group" | "name">): Schedule {
    groupOf(place.group);
    const schedule = schedules.get(keyOf(place));
    if (!schedule) throw notFound(`Schedule ${place.name} does not exist.`);
    return schedule;
  }

  function check({ group, name, settings }: Pick<Schedule, "group" | "name" | "settings">): void {
    const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone } = settings;
    const times = parseExpression(expression, timezone);
    if (times === "expression") throw validationException(`Invalid Schedule Expression ${expression}.`);
    if (times === "timezone") throw validationException(`Invalid Schedule Expression Timezone ${timezone}.`);
    if (!mayTakeOn({ schedule: name, groupArn: arns.group(group), roleArn: settings.Target.RoleArn }))
      throw validationException(
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
      );
  }

  function put(schedule: Schedule): object {
    schedules.put(schedule);
    changed(keyOf(schedule));
    return { ScheduleArn: arns.schedule(schedule) };
  }

  return {
    CreateSchedule(input) {
      const { name, group, token, settings } = parseInput(requests.putSchedule, input);
      groupOf(group);
      check({ group, name, settings });
      const created = answered(token, settings);
      const existing = schedules.get(keyOf({ group, name }));
      if (existing && isAgain(created, existing.created)) return { ScheduleArn: arns.schedule(existing) };
      if (existing) throw conflict(`Schedule ${name} already exists.`);
      const times = { createdAt: now(), modifiedAt: now() };
      return put({ sequence: schedules.nextSequence(), name, group, settings, ...times, ...(created && { created }) });
    },

    UpdateSchedule(input) {
      const { name, group, token, settings } = parseInput(requests.putSchedule, input);
      const existing = scheduleOf({ group, name });
      check({ group, name, settings });
      const updated = answered(token, settings);
      if (isAgain(updated, existing.updated)) return { ScheduleArn: arns.schedule(existing) };
      return put({ ...existing, settings, modifiedAt: now(), ...(updated && { updated }) });
    },

    GetSchedule(input) {
      const schedule = scheduleOf(parseInput(requests.schedule, input));
      return { ...summary(schedule, arns), ...schedule.settings };
    },

    DeleteSchedule(input) {
      const { token, ...place } = parseInput(requests.schedule, input);
      const key = keyOf(place);
      if (deletions.has(`${key} ${token}`)) return {};
      scheduleOf(place);
      schedules.delete(key);
      changed(key);
      if (token !== undefined) deletions.add(`${key} ${token}`);
      return {};
    },

    ListSchedules(input) {
      const request = parseInput(requests.listSchedules, input);
      const { ScheduleGroup, NamePrefix = "", State, MaxResults: limit, NextToken } = request;
      if (ScheduleGroup !== undefined) groupOf(ScheduleGroup);
      const found = schedules.all().filter(({ group, name, settings }) => {
        const inGroup = ScheduleGroup === undefined || group === ScheduleGroup;
        return inGroup && name.startsWith(NamePrefix) && (State === undefined || settings.State === State);
      });
      const { items, nextToken } = newestFirst(found, { limit, nextToken: NextToken }, validationException);
      const Schedules = items.map((one) => summary(one, arns));
      return { Schedules, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },

    CreateScheduleGroup(input) {
      const { Name: name, ClientToken: token, ...request } = parseInput(requests.createGroup, input);
      const created = answered(token, request);
      const existing = groups.get(name);
      if (existing && !isAgain(created, existing.created)) throw conflict(`Schedule group ${name} already exists.`);
      if (!existing)
        groups.put({ sequence: groups.nextSequence(), name, createdAt: now(), ...(created && { created }) });
      return { ScheduleGroupArn: arns.group(name) };
    },

    GetScheduleGroup(input) {
      const { name, createdAt } = groupOf(parseInput(requests.getGroup, input).Name);
      const date = createdAt / 1000;
      return { Arn: arns.group(name), Name: name, State: "ACTIVE", CreationDate: date, LastModificationDate: date };
    },
  };
}

const notFound = (message: string) => new JsonError("ResourceNotFoundException", message, 404);
const conflict = (message: string) => new JsonError("ConflictException", message, 409);

/** What is kept of a request that has a token: it comes again when both are the same. */
const answered = (token: string | undefined, request: object): Answered | undefined =>
  token === undefined
    ? undefined
    : { token, digest: createHash("sha256").update(JSON.stringify(request)).digest("hex") };

const isAgain = (request: Answered | undefined, before: Answered | undefined) =>
  request !== undefined && request.token === before?.token && request.digest === before.digest;

function summary(schedule: Schedule, arns: Arns): object {
  const { name, group, settings, createdAt, modifiedAt } = schedule;
  return {
    ...{ Arn: arns.schedule(schedule), GroupName: group, Name: name, State: settings.State },
    ...{ CreationDate: createdAt / 1000, LastModificationDate: modifiedAt / 1000 },
    Target: { Arn: settings.Target.Arn },
  };
}
