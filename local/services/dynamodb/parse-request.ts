import type * as z from "zod";
import { validationError } from "./errors.ts";

/**
 * Reads the request of an operation that dynalite does not have.
 * @throws ServiceError ValidationException that names every member that is wrong, in AWS's words.
 */
export function parseRequest<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { issues } = result.error;
  const details = issues.map(
    (issue) => `Value at '${issue.path.map(member).join(".")}' failed to satisfy constraint: ${issue.message}`,
  );
  const errors = issues.length === 1 ? "1 validation error" : `${issues.length} validation errors`;
  throw validationError(`${errors} detected: ${details.join("; ")}`);
}

/** AWS counts list members from 1 and begins member names with a small letter. */
function member(step: PropertyKey): string {
  if (typeof step === "number") return `${step + 1}.member`;
  const name = String(step);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
