/**
 * Seconds in which Batch's events arrive and are followed, with Lambda's two further tries of one that fails: one and
 * three minutes after the first (AWS Lambda: Asynchronous invocation). What they would have told is not lost before.
 */
export const eventsArriveWithin = 300;

/**
 * Seconds in which the orchestrator has taken up a change of a job, waited for Batch's lists and been tried again. A
 * job that has stood still for longer may have been forgotten; if it was not, telling of it again does no harm.
 */
export const orchestratorActsWithin = 600;

/** Seconds beyond a job's timeout in which Batch itself ends it: it asks the container first, and then kills it. */
export const timeoutTakes = 300;

/** Seconds after which a deletion is carried on: before that, calls that saw the connector may still be writing. */
export const deletionRests = 60;

/** If all of these moments are longer ago than that; a moment that never came is no hindrance. */
export function isOver(seconds: number, now: Date, ...moments: readonly (string | undefined)[]): boolean {
  return moments.every((moment) => moment === undefined || now.getTime() - Date.parse(moment) > seconds * 1000);
}
