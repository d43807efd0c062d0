import type { AccessDenied } from "../../iam/authority.ts";
import type { SignatureError } from "../../signatures/signature-error.ts";

/** An error as DynamoDB puts it on the wire: an HTTP status and a JSON body whose `__type` the SDKs turn into a class. */
export class ServiceError extends Error {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly [member: string]: unknown };

  constructor(statusCode: number, body: { readonly __type: string; readonly [member: string]: unknown }) {
    super(String(body.message ?? body.Message ?? body.__type));
    this.name = body.__type.slice(body.__type.indexOf("#") + 1);
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** A 400 of DynamoDB's own namespace, for example `ResourceNotFoundException`. */
export function dynamoDbError(code: string, message: string, members: Record<string, unknown> = {}): ServiceError {
  return new ServiceError(400, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message, ...members });
}

/** The 400 for a request that breaks a rule of the API. */
export function validationError(message: string): ServiceError {
  return new ServiceError(400, { __type: "com.amazon.coral.validate#ValidationException", message });
}

/** The 400 for an operation this service does not have. */
export function unknownOperation(): ServiceError {
  return new ServiceError(400, { __type: "com.amazon.coral.service#UnknownOperationException" });
}

/** The 400 for a request that is not signed with the right key. */
export function signatureRefused({ fault, message }: SignatureError): ServiceError {
  return new ServiceError(400, { __type: `com.amazon.coral.service#${fault}Exception`, message });
}

/** The 400 for a caller whose policies do not let it; this body has a capital `Message`. */
export function accessDenied({ message }: AccessDenied): ServiceError {
  return new ServiceError(400, { __type: "com.amazon.coral.service#AccessDeniedException", Message: message });
}

/** The 400 for a body or token that cannot be read. */
export function serializationError(): ServiceError {
  return new ServiceError(400, { __type: "com.amazon.coral.service#SerializationException" });
}

/** The 400 for a condition that did not hold; `item` is the item as it was, if the caller asked for it. */
export function conditionalCheckFailed(item?: unknown): ServiceError {
  const members = item === undefined ? {} : { Item: item };
  return dynamoDbError("ConditionalCheckFailedException", "The conditional request failed", members);
}

/** The 400 for a table that does not exist. */
export function tableNotFound(name: string): ServiceError {
  return dynamoDbError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
}
