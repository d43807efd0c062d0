import * as z from "zod";

/**
 * Reads a function's variables once, at its start, by the schema the function declares. Nothing else reads
 * `process.env`, so that what a stack must set and what a handler reads are one list.
 *
 * @throws Error naming every variable that is missing or wrong; the function then fails to start, loudly
 */
export function readEnvironment<S extends z.ZodType>(schema: S, variables = process.env): z.output<S> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`environment: ${problems.join("; ")}`);
}

/** What Lambda itself tells every function; a stack does not set it. */
export const lambdaEnvironment = z.object({
  AWS_REGION: z.string().min(1).describe("Region the function runs in"),
});
