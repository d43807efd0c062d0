/** The four things that can be wrong with a signature. Each service has names and HTTP statuses of its own for them. */
export type SignatureFault =
  /** There is no signature at all. */
  | "MissingAuthenticationToken"
  /** The signature lacks parts or cannot be parsed. */
  | "IncompleteSignature"
  /** Made with another secret, over another request, for another service or region, or at another time. */
  | "InvalidSignature"
  /** Nobody has the access key, or its session token is another one. */
  | "UnrecognizedClient";

/** A request whose signature is not accepted; the message is AWS's own text. */
export class SignatureError extends Error {
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.name = "SignatureError";
    this.fault = fault;
  }
}

export const missingAuthenticationToken = () =>
  new SignatureError("MissingAuthenticationToken", "Request is missing Authentication Token");

export const incompleteSignature = (message: string) => new SignatureError("IncompleteSignature", message);

export const invalidSignature = (message: string) => new SignatureError("InvalidSignature", message);

export const unrecognizedClient = () =>
  new SignatureError("UnrecognizedClient", "The security token included in the request is invalid.");
