import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type * as z from "zod";
import { createApiClient } from "../../runtime/api/client.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { type CheckpointData, connectorState } from "./connector-state.ts";
import { jobVariables } from "./job.ts";
import { type Connector, run } from "./run.ts";

/** Seconds after SIGTERM at which a run that is still not through is ended all the same: SIGKILL comes after 30 (AWS Batch: Job timeouts). */
const stopWithin = 25;

/**
 * Runs a connector as the process it is in, and ends the process: exit code 0 when every document is where it belongs, 1
 * when some are not or the run failed (the next run tries again), 143 when it was asked to stop.
 */
export async function runConnector<Variables extends z.ZodType, Checkpoint extends CheckpointData>(
  connector: Connector<Variables, Checkpoint>,
): Promise<never> {
  const logger = createLogger(connector.name);
  const stop = new AbortController();
  process.once("SIGTERM", () => {
    stop.abort();
    setTimeout(() => {
      logger.error("not through in time: ended");
      process.exit(143);
    }, stopWithin * 1000).unref();
  });
  try {
    const job = readEnvironment(jobVariables);
    logger.appendKeys({ connector_id: job.connectorId, job_id: job.id, account_id: job.accountId });
    const { apiEndpoint: endpoint, region } = job;
    const client = createApiClient(connectorFrameworkApi, { endpoint, region, credentials: defaultProvider() });
    const variables = readEnvironment(connector.variables);
    const state = connectorState(client, job.connectorId);
    const { signal } = stop;
    const { failed } = await run(connector, { job, variables, state, logger, signal, clock: () => new Date() });
    process.exit(signal.aborted ? 143 : failed > 0 ? 1 : 0);
  } catch (error) {
    logger.error("failed", { error });
    process.exit(stop.signal.aborted ? 143 : 1);
  }
}
