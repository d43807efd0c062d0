import type * as z from "zod";
import { validationException } from "./json-error.ts";

/**
 * Reads the input of an operation. Schemas are strict: a member that is not read would be silently untrue.
 *
 * @throws JsonError ValidationException that names every member that is wrong, in AWS's words and without its value
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf);
  const errors = problems.length === 1 ? "1 validation error" : `${problems.length} validation errors`;
  throw validationException(`${errors} detected: ${problems.join("; ")}`);
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `'${memberName([...issue.path, key])}' is not known to the local stage`);
  return [`Value at '${memberName(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`];
}

/** AWS counts list members from 1 and begins member names with a small letter. */
const memberName = (path: readonly PropertyKey[]) =>
  path
    .map((step) => (typeof step === "number" ? `${step + 1}.member` : String(step)))
    .map((step) => step.charAt(0).toLowerCase() + step.slice(1))
    .join(".");

function constraint(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) return "Member must not be null";
  switch (issue.code) {
    case "invalid_type":
      return `Member must be a ${issue.expected}`;
    case "too_small":
      return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case "too_big":
      return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case "invalid_value":
      return `Member must satisfy enum value set: [${issue.values.map(String).join(", ")}]`;
    case "invalid_format":
      return `Member must satisfy regular expression pattern: ${issue.pattern?.replace(/^\/|\/$/g, "") ?? issue.format}`;
    default:
      return issue.message;
  }
}

const measure = (origin: string) => (origin === "string" || origin === "array" ? "length" : "value");
