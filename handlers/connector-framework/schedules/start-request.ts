import * as z from "zod";
import type { Job } from "../model/job.ts";
import type { ConnectorRef } from "../model/keys.ts";

/** What EventBridge Scheduler tells the function that starts jobs. */
export const startRequest = z.object({
  tenant: z.string(),
  connector_id: z.string(),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The time by the schedule, however late it is: one time is one request. */
  scheduled_time: z.iso.datetime({ offset: true }),
});

export type StartRequest = z.output<typeof startRequest>;

/** JSON in which Scheduler finds nothing to replace: it looks for its keywords everywhere, in a caller's values too. */
const literal = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");

/**
 * The request as a schedule keeps it, with Scheduler's keyword for the time (EventBridge Scheduler: Adding context
 * attributes). At most some 100 KB: what the contract lets a job's variables have, each byte written as an escape of
 * six. Scheduler's target payload may have 256 KB (EventBridge Scheduler: Quotas).
 */
export const startInput = ({ tenant, connectorId }: ConnectorRef, environment: Job["environment"]): string =>
  `{"tenant":${literal(tenant)},"connector_id":${literal(connectorId)},"environment":${literal(environment)},"scheduled_time":"<aws.scheduler.scheduled-time>"}`;

const keptInput = startRequest.pick({ environment: true });

/** The variables in a request that a schedule keeps. */
export const environmentIn = (input: string): Job["environment"] => keptInput.parse(JSON.parse(input)).environment;
