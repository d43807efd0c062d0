/**
 * A connector to start from: keeps a copy of a folder up to date.
 */
import * as z from "zod";
import { folderSink } from "../kit/folder-sink.ts";
import { runConnector } from "../kit/run-connector.ts";
import { environment } from "./environment.ts";
import { sourceFolder } from "./source-folder.ts";

await runConnector({
  name: "sample-connector",
  variables: environment,
  checkpoint: z.record(z.string(), z.json()),
  open: ({ job, variables }) => ({
    source: { names: "everything", documents: sourceFolder(variables.SOURCE_FOLDER) },
    sink: folderSink(variables.TARGET_FOLDER),
    checkpointAfter: ({ at, ...counts }) => ({ ...counts, job_id: job.id, at: at.toISOString() }),
  }),
});
