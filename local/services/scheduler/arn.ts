import type { Schedule } from "./model.ts";

/** ARNs of one account in one region. */
export interface Arns {
  schedule(schedule: Pick<Schedule, "group" | "name">): string;
  group(name: string): string;
}

export function arnsOf(region: string, accountId: string): Arns {
  const prefix = `arn:aws:scheduler:${region}:${accountId}`;
  return {
    schedule: ({ group, name }) => `${prefix}:schedule/${group}/${name}`,
    group: (name) => `${prefix}:schedule-group/${name}`,
  };
}
