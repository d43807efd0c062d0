import * as z from "zod";

/** The two folders that whoever starts the sample connector may choose. */
export const environment = z.object({
  SOURCE_FOLDER: z.string().min(1).default("docs").describe("Folder whose files are synced"),
  TARGET_FOLDER: z
    .string()
    .min(1)
    .default(".local/sample-connector")
    .describe("Folder that new and changed files are copied to"),
});
