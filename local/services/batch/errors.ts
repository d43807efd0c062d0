import { randomUUID } from "node:crypto";

/** An error as Batch's REST-JSON protocol carries it: a type in the header `x-amzn-ErrorType`, a message in the body. */
export class BatchError extends Error {
  readonly type: string;
  readonly status: 400 | 403 | 404 | 413;

  constructor(type: string, status: BatchError["status"], message: string) {
    super(message);
    this.name = "BatchError";
    this.type = type;
    this.status = status;
  }
}

/** What Batch answers to every request it cannot accept: 400 ClientException. */
export function clientException(message: string): BatchError {
  return new BatchError("ClientException", 400, message);
}

/** A refused value, in the sentence Batch wraps around its validation messages. */
export function invalidRequest(problem: string): BatchError {
  return clientException(`Error executing request, Exception : ${problem}, RequestId: ${randomUUID()}`);
}
