import { BatchServiceException } from "@aws-sdk/client-batch";
import { refusedForGood, wasNotTaken } from "../../../../handlers/connector-framework/orchestrator/refusal.ts";

const exception = (name: string, status: number | undefined, message = "no") =>
  new BatchServiceException({
    name,
    message,
    $fault: status !== undefined && status < 500 ? "client" : "server",
    $metadata: status === undefined ? {} : { httpStatusCode: status },
  });

test.each([
  [true, true, exception("ClientException", 400)],
  [false, true, exception("ClientException", 429)],
  [false, true, exception("ClientException", 400, "Rate exceeded")],
  [false, true, exception("TooManyRequestsException", 429)],
  [false, true, exception("AccessDeniedException", 403, "batch:SubmitJob")],
  [true, true, exception("AccessDeniedException", 403, "not authorized to perform: iam:PassRole on role")],
  [false, false, exception("ServerException", 500)],
  [false, false, exception("ServerException", undefined)],
  [false, false, new Error("socket hang up")],
  [false, false, undefined],
])("for good: %s, not taken: %s, for %s", (forGood, notTaken, error) => {
  expect(refusedForGood(error) !== undefined).toBe(forGood);
  expect(wasNotTaken(error)).toBe(notTaken);
});
