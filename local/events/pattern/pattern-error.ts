/** A pattern that EventBridge and Lambda refuse when a rule or a filter is made. */
export class InvalidEventPatternError extends Error {
  readonly code = "InvalidEventPatternException";

  /** @param path dotted path to the offending part, "" for the pattern itself */
  constructor(path: string, reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}${path === "" ? "" : ` at ${path}`}`);
    this.name = "InvalidEventPatternException";
  }
}
