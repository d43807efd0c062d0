import type { Context } from "aws-lambda";
import { type Dependencies, registrar } from "./register.ts";
import { lifecycleEvent } from "./registration.ts";

/** The account a function runs in: the tenant whose connectors a stack registers. */
const accountOf = ({ invokedFunctionArn }: Pick<Context, "invokedFunctionArn">): string =>
  invokedFunctionArn.split(":")[4] ?? "";

/** Tries, and milliseconds between them, until rights that were granted a moment ago hold everywhere (IAM: Troubleshooting, changes are not always immediately visible). */
const [triesForRights, rightsArriveAfter] = [7, 5000];

/**
 * Makes of Terraform's create, update and delete what they mean for a connector. What it throws fails the apply, and
 * Terraform shows the message; the next apply tries again.
 *
 * @returns what the resource's `result` tells
 */
export const registrarHandler =
  (deps: Omit<Dependencies, "remainingMilliseconds">) =>
  async (event: unknown, context: Context): Promise<{ readonly connector_id: string }> => {
    /** An apply that makes the function grants it its rights, and invokes it right away. */
    async function onceAllowed(act: () => Promise<void>): Promise<void> {
      for (let tries = 1; ; tries++) {
        try {
          return await act();
        } catch (error) {
          const isDenied = error instanceof Error && error.name === "AccessDeniedException";
          if (!isDenied || tries === triesForRights) throw error;
          await deps.sleep(rightsArriveAfter);
        }
      }
    }

    const { tf, ...wanted } = lifecycleEvent.parse(event);
    const { connector_id } = wanted;
    const accountId = accountOf(context);
    const { logger } = deps;
    logger.addContext(context);
    logger.appendKeys({ account_id: accountId, connector_id, action: tf.action });
    const { register, remove } = registrar(
      { ...deps, remainingMilliseconds: () => context.getRemainingTimeInMillis() },
      { accountId, requestId: context.awsRequestId },
    );
    const act = () => (tf.action === "delete" ? remove(wanted) : register(wanted, tf.prev_input));
    try {
      await onceAllowed(act);
      logger.info("done");
      return { connector_id };
    } catch (error) {
      logger.error("not done", { error });
      throw error;
    } finally {
      logger.resetKeys();
    }
  };
