/** An error that the Lambda service itself answers with, not the function: `code` is AWS's exception name. */
export class LambdaServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

/** The function was stopped before it could run the event, or while it ran: whoever sent it may send it again. */
export function functionStopped(name: string): LambdaServiceError {
  return new LambdaServiceError("ServiceException", `${name} was stopped`);
}
