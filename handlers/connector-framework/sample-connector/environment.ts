import * as z from "zod";
import { containerVariables } from "../contract/container-environment.ts";

/** Variables of the sample connector: what the framework gives every job, and the two folders a caller may choose. */
export const environment = z
  .object({
    [containerVariables.apiEndpoint]: z.url(),
    [containerVariables.connectorId]: z.string().min(1),
    [containerVariables.jobId]: z.string().min(1),
    [containerVariables.region]: z.string().min(1),
    SOURCE_FOLDER: z.string().min(1).default("docs").describe("Folder whose files are synced"),
    TARGET_FOLDER: z
      .string()
      .min(1)
      .default(".local/sample-connector")
      .describe("Folder that new and changed files are copied to"),
  })
  .transform((variables) => ({
    apiEndpoint: variables[containerVariables.apiEndpoint],
    connectorId: variables[containerVariables.connectorId],
    jobId: variables[containerVariables.jobId],
    region: variables[containerVariables.region],
    sourceFolder: variables.SOURCE_FOLDER,
    targetFolder: variables.TARGET_FOLDER,
  }));
