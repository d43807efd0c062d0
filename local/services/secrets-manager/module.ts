import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { secretsManagerKinds } from "../../resources/secrets.ts";
import type { AccessKey } from "../../signatures/access-key.ts";
import type { Service, ServiceHost } from "../service.ts";
import { startSecretsManager } from "./start-secrets-manager.ts";

/** AWS Secrets Manager: embedded, or that of another server. */
export async function secretsManagerModule(
  host: ServiceHost,
): Promise<Service & { clientFor(credentials?: AccessKey): SecretsManagerClient }> {
  const { region, accountId, iam: authority, data, log, shutdown } = host;
  const embedded = () => startSecretsManager({ dataDirectory: data.secretsManager, region, accountId, authority, log });
  const endpoint = host.awsEndpoint ?? shutdown.services.add(await embedded(), "Secrets Manager").url;
  const client = new SecretsManagerClient(host.client(endpoint));
  return {
    clientFor: (credentials) => (credentials ? new SecretsManagerClient(host.client(endpoint, credentials)) : client),
    endpointVariables: { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint },
    kinds: secretsManagerKinds(client),
  };
}
