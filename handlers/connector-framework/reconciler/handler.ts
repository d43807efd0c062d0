import type { Context } from "aws-lambda";
import { type Dependencies, type Position, reconcile } from "./reconcile.ts";

/**
 * Runs the reconciler, from where this process' last run left off.
 *
 * @returns a handler that throws when something could not be looked after: that is for the alarm, the next run tries
 *   again anyway
 */
export function reconciler(deps: Omit<Dependencies, "remainingMilliseconds">) {
  let position: Position | undefined;
  return async (_event: unknown, context: Context): Promise<void> => {
    deps.logger.addContext(context);
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    const { failures, leftOff } = await reconcile({ ...deps, remainingMilliseconds }, position);
    position = leftOff;
    if (failures > 0) throw new Error(`not everything was looked after: ${failures} failed, the log tells which`);
  };
}
