import type { SignatureError } from "../signatures/signature-error.ts";

/**
 * The gateway response types a refusal of this gateway can have, with the status each has by default.
 * AWS: "Gateway response types for API Gateway".
 */
export const gatewayResponseStatuses = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  EXPIRED_TOKEN: 403,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  INVALID_SIGNATURE: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
} as const;

export type GatewayResponseType = keyof typeof gatewayResponseStatuses | "DEFAULT_4XX" | "DEFAULT_5XX";

interface RefusalDetails {
  readonly type: GatewayResponseType;
  readonly status: number;
  /** The value of the `x-amzn-ErrorType` header. */
  readonly errorType: string;
  /** The body sent when the API has no gateway response of its own, byte for byte. @default {"message":…} */
  readonly body?: string;
  /** What each failed check of the request body says, for `$context.error.validationErrorString`. */
  readonly violations?: readonly string[];
}

/** The gateway answers by itself instead of the integration. */
export class Refusal extends Error {
  readonly type: GatewayResponseType;
  readonly status: number;
  readonly errorType: string;
  readonly body: string;
  readonly violations: readonly string[];

  constructor(message: string, { type, status, errorType, body, violations }: RefusalDetails) {
    super(message);
    this.name = "Refusal";
    this.type = type;
    this.status = status;
    this.errorType = errorType;
    this.body = body ?? JSON.stringify({ message });
    this.violations = violations ?? [];
  }
}

/** AWS writes some of its built-in bodies with a space after the colon, and clients compare them as text. */
const spaced = (message: string) => `{"message": ${JSON.stringify(message)}}`;

/** Unknown path or method, or an unsigned call of a method with AWS_IAM authorization. */
export const missingAuthenticationToken = () =>
  new Refusal("Missing Authentication Token", {
    type: "MISSING_AUTHENTICATION_TOKEN",
    status: 403,
    errorType: "MissingAuthenticationTokenException",
  });

/** What is wrong with a signature, in the gateway's words. Only an invalid one has a response type of its own. */
export function signatureRefusal({ fault, message }: SignatureError): Refusal {
  if (fault === "MissingAuthenticationToken") return missingAuthenticationToken();
  const type = fault === "InvalidSignature" ? "INVALID_SIGNATURE" : "DEFAULT_4XX";
  return new Refusal(message, { type, status: 403, errorType: `${fault}Exception` });
}

/** The caller is known, and a policy does not let it in. The built-in body has a capital `Message`. */
export const accessDenied = (message: string) =>
  new Refusal(message, {
    type: "ACCESS_DENIED",
    status: 403,
    errorType: "AccessDeniedException",
    body: JSON.stringify({ Message: message }),
  });

export const throttled = () =>
  new Refusal("Too Many Requests", { type: "THROTTLED", status: 429, errorType: "TooManyRequestsException" });

export const requestTooLarge = () =>
  new Refusal("Request Too Long", { type: "REQUEST_TOO_LARGE", status: 413, errorType: "RequestTooLargeException" });

/** The request line itself cannot be understood, for example a percent sign without two hexadecimal digits. */
export const malformedRequest = () =>
  new Refusal("Bad Request", { type: "DEFAULT_4XX", status: 400, errorType: "BadRequestException" });

export const missingParameters = (names: readonly string[]) => {
  const message = `Missing required request parameters: [${names.join(", ")}]`;
  return new Refusal(message, {
    type: "BAD_REQUEST_PARAMETERS",
    status: 400,
    errorType: "BadRequestException",
    body: spaced(message),
  });
};

export const invalidBody = (violations: readonly string[]) =>
  new Refusal("Invalid request body", {
    type: "BAD_REQUEST_BODY",
    status: 400,
    errorType: "BadRequestException",
    body: spaced("Invalid request body"),
    violations,
  });

export const unsupportedMediaType = () =>
  new Refusal("Unsupported Media Type", {
    type: "UNSUPPORTED_MEDIA_TYPE",
    status: 415,
    errorType: "BadRequestException",
    body: spaced("Unsupported Media Type"),
  });

export const integrationTimeout = () =>
  new Refusal("Endpoint request timed out", {
    type: "INTEGRATION_TIMEOUT",
    status: 504,
    errorType: "InternalServerErrorException",
    body: spaced("Endpoint request timed out"),
  });

/** 502 when the function failed or its result is malformed, 500 when it could not be called at all. */
export const internalServerError = (status: 500 | 502) =>
  new Refusal("Internal server error", {
    type: "DEFAULT_5XX",
    status,
    errorType: "InternalServerErrorException",
    body: spaced("Internal server error"),
  });
