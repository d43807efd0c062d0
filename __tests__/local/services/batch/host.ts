import { appendFileSync } from "node:fs";
import { startBatch } from "../../../../local/services/batch/start-batch.ts";
import { accountId, images, region } from "./support.ts";

// A host in a process of its own, to be killed: `node host.ts <data directory> <file that takes the events>`.
const [, , dataDirectory = "", eventFile = ""] = process.argv;
const batch = await startBatch({
  dataDirectory,
  region,
  accountId,
  images,
  baseEnvironment: {},
  publish: async (event) => appendFileSync(eventFile, `${JSON.stringify(event)}\n`),
});
console.log(batch.endpoint);
