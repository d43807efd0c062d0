import type { Service, ServiceHost } from "../service.ts";
import { startAbsentServices } from "./index.ts";

/** Every service that the stage does not have: refused, or those of another server. */
export async function absentModule({ awsEndpoint, shutdown, log }: ServiceHost): Promise<Service> {
  const endpoint = awsEndpoint ?? shutdown.services.add(await startAbsentServices({ log }), "absent services").endpoint;
  return { endpointVariables: { AWS_ENDPOINT_URL: endpoint } };
}
