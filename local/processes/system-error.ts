/** Whether a caught value is Node's error for one of these system error codes. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === "object" && error !== null && "code" in error && codes.includes(String(error.code));
}
