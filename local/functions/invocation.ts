/** Why an invocation failed, in the words of the Lambda Runtime API. */
export interface FunctionError {
  /** What the runtime reported (`TypeError`, …), or `Runtime.ExitError`, `Sandbox.Timedout`, `Runtime.ImportModuleError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** The outcome of one synchronous invocation. */
export type InvocationResult =
  | { readonly requestId: string; readonly ok: true; readonly payload: unknown }
  | { readonly requestId: string; readonly ok: false; readonly error: FunctionError };

/** Anything that can be invoked with one JSON event and waited for. Never rejects for what the function itself did. */
export interface Invocable {
  readonly arn: string;
  /** The function's own timeout, in seconds. */
  readonly timeoutSeconds: number;
  invoke(event: unknown): Promise<InvocationResult>;
}
