import * as z from "zod";

/** Variables of the function that hears of Batch's state changes. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  METRICS_SERVICE: z.string().min(1).describe("Whose metrics these are: tells systems and stages apart"),
});
