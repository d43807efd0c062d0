import { BatchServiceException } from "@aws-sdk/client-batch";

/**
 * Why Batch will never do what it was asked, in words for the connector's owner; undefined when it may do it yet
 * (throttling, 5xx, no answer) and when the fault is this function's own rights, which its operator mends.
 */
export function refusedForGood(error: unknown): string | undefined {
  if (!(error instanceof BatchServiceException)) return undefined;
  if (error.name === "ClientException" && !isThrottling(error)) return `AWS Batch refused the job: ${error.message}`;
  // The role a connector names is its owner's choice; which roles may be passed is the operator's.
  if (error.name === "AccessDeniedException" && error.message.includes("iam:PassRole"))
    return `The connector's roles may not be used by this framework: ${error.message}`;
  return undefined;
}

/** If Batch answered that it did not take the request, so that nothing can have come of it. */
export const wasNotTaken = (error: unknown): boolean =>
  error instanceof BatchServiceException && error.$fault === "client" && httpStatus(error) < 500;

const isThrottling = (error: BatchServiceException) =>
  httpStatus(error) === 429 ||
  error.$retryable?.throttling === true ||
  /too many requests|rate exceeded/i.test(error.message);

/** No status at all counts as a server's fault. */
const httpStatus = (error: BatchServiceException) => error.$metadata.httpStatusCode ?? 500;
