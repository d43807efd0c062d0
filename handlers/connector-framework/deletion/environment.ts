import * as z from "zod";

/** Variables of the function that deletes what connectors left behind. */
export const environment = z.object({
  CONNECTORS_TABLE: z.string().min(1).describe("Name of the table of connectors and checkpoints"),
  JOBS_TABLE: z.string().min(1).describe("Name of the table of jobs"),
  DOCUMENTS_TABLE: z.string().min(1).describe("Name of the table of document checksums"),
  SCHEDULE_GROUP: z.string().min(1).describe("Name of the group of connectors' schedules"),
});
