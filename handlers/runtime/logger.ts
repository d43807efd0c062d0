import { Logger } from "@aws-lambda-powertools/logger";

export type { Logger };

/**
 * A function's logger: one JSON object a line, with the function's name, request ids and whatever keys are appended.
 * Messages are constant and lower case; what varies goes into keys. Payloads, environment values and checkpoints are
 * never logged.
 */
export const createLogger = (serviceName: string): Logger => new Logger({ serviceName });
