/** An answer other than 200, as it is on the wire. */
export class WireError extends Error {
  readonly status: number;
  readonly type: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, type: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.members = members;
  }
}

/** The request is wrong by itself. */
export function refused(message: string): never {
  throw new WireError(400, "ValidationException", message);
}
