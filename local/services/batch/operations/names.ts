import * as z from "zod";

/** Names of jobs, definitions, queues and compute environments (Batch API reference). */
export const name = (what: string) =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, `${what} should match valid pattern`);

/** nextToken and maxResults of the describe operations: 1 to 100, 100 unless told. */
export const paging = {
  maxResults: z.int().min(1).max(100).default(100),
  nextToken: z.string().optional(),
};
