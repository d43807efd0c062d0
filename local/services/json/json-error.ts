/** A refusal as AWS's JSON protocols carry it: the error's name in `__type`, and a message unless AWS gives none. */
export class JsonError extends Error {
  readonly code: string;
  readonly status: 400 | 403 | 404 | 409 | 500;

  constructor(code: string, message?: string, status: JsonError["status"] = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }

  get body(): { readonly __type: string; readonly message?: string } {
    return { __type: this.code, ...(this.message !== "" && { message: this.message }) };
  }
}

/** The refusal of a request that breaks a rule of the API. */
export const validationException = (message: string) => new JsonError("ValidationException", message);
