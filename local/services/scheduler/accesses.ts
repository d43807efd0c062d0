import * as z from "zod";
import type { Access } from "../../iam/access.ts";
import type { Arns } from "./arn.ts";

const place = z.object({ Name: z.string(), GroupName: z.string().default("default") });
const passing = z.object({ Target: z.object({ RoleArn: z.string() }) });

/**
 * What a request needs to be allowed. Whoever makes a schedule gives its role to EventBridge Scheduler. Service
 * Authorization Reference: "Actions, resources, and condition keys for Amazon EventBridge Scheduler".
 */
export function accessesOf(operation: string, input: unknown, arns: Arns): Access[] {
  const action = `scheduler:${operation}`;
  const { data: named } = place.safeParse(input);
  const { data: passed } = passing.safeParse(input);
  if (!named) return [{ action, resource: "*" }];
  const group = operation.endsWith("ScheduleGroup");
  const resource = group ? arns.group(named.Name) : arns.schedule({ group: named.GroupName, name: named.Name });
  const context = { "iam:PassedToService": "scheduler.amazonaws.com" };
  return [
    { action, resource },
    ...(passed ? [{ action: "iam:PassRole", resource: passed.Target.RoleArn, context }] : []),
  ];
}
