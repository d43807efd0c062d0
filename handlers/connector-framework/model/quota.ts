import * as z from "zod";

/** A quota in an environment variable: how many of something a tenant may have. */
export const quota = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
  .pipe(z.int().min(1));
