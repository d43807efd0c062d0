import * as z from "zod";

/** A query parameter that says how many items a page may hold: a whole number from 1 to `maximum`. */
export const pageSize = (limits: { readonly maximum: number; readonly default: number }) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(limits.maximum))
    .default(limits.default)
    .meta({ type: "integer", minimum: 1, maximum: limits.maximum, description: "Items a page holds at most" });

/**
 * A query parameter that carries on where the page before ended. Opaque: only the service reads it. The longest is made
 * of a key of 512 characters that JSON all has to escape.
 */
export const nextToken = z.string().min(1).max(5000).optional().describe("From the page before; none for the first");
