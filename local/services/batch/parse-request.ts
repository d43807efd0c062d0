import type * as z from "zod";
import { invalidRequest } from "./errors.ts";

/** Checks a request body against its schema. Throws a ClientException that names every problem. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw invalidRequest(problems.join("; "));
}
