import * as z from "zod";
import type { ErrorCode, ErrorShape } from "../../runtime/errors.ts";

const errorTypes = {
  BadRequest: "BadRequestException",
  Forbidden: "UnauthorizedException",
  NotFound: "ResourceNotFoundException",
  Conflict: "ConflictException",
  LimitExceeded: "ResourceLimitExceededException",
  TooManyRequests: "ThrottlingException",
  Internal: "InternalServerError",
  Unavailable: "ServiceUnavailableException",
} as const satisfies Record<ErrorCode, string>;

/** `{ "message": …, "errorType": … }`, as clients of the framework know it. */
export const errorShape: ErrorShape = {
  schema: z.object({ message: z.string(), errorType: z.enum(errorTypes) }),
  types: errorTypes,
  body: ({ code, message }) => ({ message, errorType: errorTypes[code] }),
};
