import {
  ConflictException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-scheduler";
import pRetry from "p-retry";
import { badRequest, conflict, limitExceeded, unavailable } from "../../runtime/errors.ts";

/** Retries of what met another change of the same schedule: under two seconds in all. */
const backOff = { retries: 5, minTimeout: 20, factor: 2, randomize: true };

/**
 * Acts on a schedule, and again when another made, changed or deleted it in between.
 *
 * @throws RequestError `BadRequest` naming what Scheduler refuses of a client's; `Conflict` when others leave no gap;
 *   `LimitExceeded` when the account may have no more schedules; `Unavailable` when Scheduler is busy
 */
export async function untilSettled<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await pRetry(act, { ...backOff, shouldRetry: ({ error }) => metAnother(error) });
  } catch (error) {
    throw inOurWords(error);
  }
}

/** @returns undefined when there is no such schedule */
export async function ifThere<Result>(send: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** @returns undefined when there is such a schedule already */
export async function ifNew<Result>(send: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConflictException) return undefined;
    throw error;
  }
}

const metAnother = (error: unknown): boolean =>
  error instanceof ConflictException || error instanceof ResourceNotFoundException;

function inOurWords(error: unknown): unknown {
  if (error instanceof ConflictException)
    return conflict("others are changing the schedule at this moment: try again", { cause: error });
  if (error instanceof ServiceQuotaExceededException)
    return limitExceeded("EventBridge Scheduler has as many schedules as the account may have");
  if (error instanceof ThrottlingException)
    return unavailable("EventBridge Scheduler is busy: try again", { cause: error });
  const field = error instanceof ValidationException ? refusedField(error.message) : undefined;
  if (error instanceof ValidationException && field)
    return badRequest(`${field}: is refused by EventBridge Scheduler: ${error.message}`);
  return error;
}

/** The field of a client's that Scheduler refuses; undefined when it is the stack's fault, such as a role's. */
function refusedField(message: string): "timezone" | "schedule_expression" | undefined {
  if (/time ?zone/i.test(message)) return "timezone";
  return /schedule ?expression/i.test(message) ? "schedule_expression" : undefined;
}
