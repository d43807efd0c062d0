import { defaultProvider } from "@aws-sdk/credential-provider-node";
import * as z from "zod";
import { type ApiClient, createApiClient } from "../../runtime/api/client.ts";
import { connectorFrameworkApi } from "../contract/api.ts";

export type ConnectorFrameworkClient = ApiClient<typeof connectorFrameworkApi>;

const outputs = z.object({
  "connector-framework": z.object({ api_url: z.url(), job_queue_arn: z.string() }),
});

/** A client of the connector framework, and what one has to know to register a connector with it. */
export interface Connection {
  readonly client: ConnectorFrameworkClient;
  readonly region: string;
  readonly accountId: string;
  readonly apiUrl: string;
}

/**
 * Connects to a stage running on this machine.
 *
 * @throws Error saying how to start one when there is none
 */
export async function connectToLocalStage(url: string): Promise<Connection> {
  const response = await fetch(new URL("/outputs.json", url)).catch(() => undefined);
  if (!response?.ok) throw new Error(`no stage answers at ${url}: start one with npm start`);
  const { api_url, job_queue_arn } = outputs.parse(await response.json())["connector-framework"];
  const [, , , region = "", accountId = ""] = job_queue_arn.split(":");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createApiClient(connectorFrameworkApi, { endpoint: api_url, region, credentials });
  return { client, region, accountId, apiUrl: api_url };
}

/** A client of a deployed stage, with the caller's own AWS credentials. */
export const connectToAws = (apiUrl: string, region: string): ConnectorFrameworkClient =>
  createApiClient(connectorFrameworkApi, { endpoint: apiUrl, region, credentials: defaultProvider() });
