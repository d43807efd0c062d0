import { SSMClient } from "@aws-sdk/client-ssm";
import { parameterStoreKinds } from "../../resources/secrets.ts";
import type { AccessKey } from "../../signatures/access-key.ts";
import type { Service, ServiceHost } from "../service.ts";
import { startParameterStore } from "./start-parameter-store.ts";

/** Parameter Store of AWS Systems Manager: embedded, or that of another server. */
export async function parameterStoreModule(
  host: ServiceHost,
): Promise<Service & { clientFor(credentials?: AccessKey): SSMClient }> {
  const { region, accountId, iam: authority, data, log, shutdown } = host;
  const embedded = () => startParameterStore({ dataDirectory: data.ssm, region, accountId, authority, log });
  const endpoint = host.awsEndpoint ?? shutdown.services.add(await embedded(), "Parameter Store").url;
  const client = new SSMClient(host.client(endpoint));
  return {
    clientFor: (credentials) => (credentials ? new SSMClient(host.client(endpoint, credentials)) : client),
    endpointVariables: { AWS_ENDPOINT_URL_SSM: endpoint },
    kinds: parameterStoreKinds(client),
  };
}
