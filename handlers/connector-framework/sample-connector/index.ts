/**
 * A connector to start from: keeps a copy of a folder up to date. Exit code 0 when every document is where it belongs,
 * 1 when some are not (the next run tries them again), 143 when it was asked to stop.
 */
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { createApiClient } from "../../runtime/api/client.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { environment } from "./environment.ts";
import { readSourceFolder } from "./source-folder.ts";
import { sync } from "./sync.ts";
import { targetFolder } from "./target-folder.ts";

const { apiEndpoint, connectorId, jobId, region, sourceFolder, ...folders } = readEnvironment(environment);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const { failed, stopped } = await sync({
  client: createApiClient(connectorFrameworkApi, { endpoint: apiEndpoint, region, credentials: defaultProvider() }),
  connectorId,
  jobId,
  source: await readSourceFolder(sourceFolder),
  target: targetFolder(folders.targetFolder),
  now: () => new Date(),
  log: (line) => console.log(line),
  signal: stop.signal,
});
process.exitCode = stopped ? 143 : failed > 0 ? 1 : 0;
