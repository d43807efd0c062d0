import * as z from "zod";
import { isConnectorId } from "../model/keys.ts";

/**
 * A connector as a stack wants it. What the members say is checked by the API's own rules, so that a stack can register
 * nothing that a client could not.
 */
export const registration = z.object({
  /** Decided by the stack, so that registering again is registering the same. */
  connector_id: z.string().refine(isConnectorId, "must be `cc-` and 12 lower-case hex digits"),
  /** Body of CreateCustomConnector. */
  connector: z.record(z.string(), z.unknown()),
  /** Body of PutCustomConnectorSchedule; without it the schedule is none of the stack's business. */
  schedule: z.record(z.string(), z.unknown()).optional(),
});

export type Registration = z.output<typeof registration>;

/** What Terraform sends of a resource `aws_lambda_invocation` with lifecycle scope CRUD: the input, and what is to become of it. */
export const lifecycleEvent = registration.extend({
  tf: z.object({
    action: z.enum(["create", "update", "delete"]),
    /** The input before. */
    prev_input: registration.nullish(),
  }),
});
