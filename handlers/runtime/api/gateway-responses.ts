import type { ErrorCode, ErrorShape } from "../errors.ts";

/** Which error each answer that the gateway itself makes stands for (API Gateway: Gateway response types). */
const errorOf = {
  ACCESS_DENIED: "Forbidden",
  BAD_REQUEST_BODY: "BadRequest",
  BAD_REQUEST_PARAMETERS: "BadRequest",
  DEFAULT_4XX: "BadRequest",
  DEFAULT_5XX: "Internal",
  EXPIRED_TOKEN: "Forbidden",
  INTEGRATION_FAILURE: "Unavailable",
  INTEGRATION_TIMEOUT: "Unavailable",
  INVALID_API_KEY: "Forbidden",
  INVALID_SIGNATURE: "Forbidden",
  MISSING_AUTHENTICATION_TOKEN: "Forbidden",
  QUOTA_EXCEEDED: "TooManyRequests",
  RESOURCE_NOT_FOUND: "NotFound",
  THROTTLED: "TooManyRequests",
  UNAUTHORIZED: "Forbidden",
  WAF_FILTERED: "Forbidden",
} as const satisfies Record<string, ErrorCode>;

/**
 * What the gateway calls its own refusals in the header `x-amzn-ErrorType`, with their statuses. It adds the header to
 * them whatever their responses say: one that is mapped there is sent beside it (smithy-lang/smithy#1170), and clients
 * that look at the header would know neither. So theirs is the gateway's name, in the body stands the API's.
 */
export const gatewayErrorStatuses = {
  AccessDeniedException: 403,
  BadRequestException: 400,
  ExpiredTokenException: 403,
  ForbiddenException: 403,
  IncompleteSignatureException: 403,
  InternalServerErrorException: 500,
  InvalidSignatureException: 403,
  LimitExceededException: 429,
  MissingAuthenticationTokenException: 403,
  TooManyRequestsException: 429,
  UnrecognizedClientException: 403,
} as const;

/** Comes with its quotes and escapes, so it stands bare. */
const anyMessage = "$context.error.messageString";
/** What is wrong with a body is a variable of its own, which is escaped and has no quotes; the message before it is always the same words. */
const bodyMessage = '"$context.error.message: $context.error.validationErrorString"';

const messagePlace = "the gateway's message goes here";

/**
 * `x-amazon-apigateway-gateway-responses`: the gateway's own answers in the API's error shape, with the statuses they
 * have anyway. Templates are plain substitution.
 *
 * @throws Error when the shape does not place `message` as a whole string
 */
export function gatewayResponses(shape: ErrorShape): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(errorOf).map(([type, code]) => {
      const body = shape.body({ code, message: messagePlace, requestId: "$context.requestId" });
      const quoted = JSON.stringify(body);
      const message = type === "BAD_REQUEST_BODY" ? bodyMessage : anyMessage;
      const template = quoted.replaceAll(JSON.stringify(messagePlace), () => message);
      if (template === quoted) throw new Error("errorShape: body must place message as a whole string");
      return [type, { responseTemplates: { "application/json": template } }];
    }),
  );
}
