import { KMSClient } from "@aws-sdk/client-kms";
import { kmsKinds } from "../../resources/kms.ts";
import type { Service, ServiceHost } from "../service.ts";
import { startKms } from "./start-kms.ts";

/** AWS KMS: embedded, or that of another server. */
export async function kmsModule(host: ServiceHost): Promise<Service> {
  const { region, accountId, iam: authority, data, log, shutdown } = host;
  const embedded = () => startKms({ dataDirectory: data.kms, region, accountId, authority, log });
  const endpoint = host.awsEndpoint ?? shutdown.services.add(await embedded(), "KMS").url;
  return {
    endpointVariables: { AWS_ENDPOINT_URL_KMS: endpoint },
    kinds: kmsKinds(new KMSClient(host.client(endpoint))),
  };
}
