import { BatchClient } from "@aws-sdk/client-batch";
import type { EventEntry } from "../../events/event.ts";
import { batchKinds } from "../../resources/batch.ts";
import type { Service, ServiceHost } from "../service.ts";
import { type SecretClients, secretLookup } from "./container-secrets.ts";
import type { LocalCommand } from "./image.ts";
import { type Batch, startBatch } from "./start-batch.ts";
import type { TaskRoles } from "./task-roles.ts";

export interface BatchModuleOptions {
  readonly images: ReadonlyMap<string, LocalCommand>;
  /** Where the secrets of jobs are. */
  readonly secrets: SecretClients;
  readonly taskRoles: TaskRoles;
  /** Takes the events of jobs' changes. */
  readonly publish: (entry: EventEntry) => Promise<unknown>;
}

/** AWS Batch. Jobs wait until told to begin, since they call the stage's APIs. */
export async function batchModule(
  host: ServiceHost,
  { images, secrets, taskRoles, publish }: BatchModuleOptions,
): Promise<Service & Pick<Batch, "logFile">> {
  const { region, accountId, iam, data, environment, log, shutdown } = host;
  const options = { dataDirectory: data.batch, region, accountId, authority: iam, images, log, held: true };
  const batch = shutdown.services.add(
    await startBatch({
      ...options,
      baseEnvironment: environment,
      taskRoles,
      secrets: secretLookup(secrets),
      async publish({ source, detail, resources, time, "detail-type": detailType }) {
        await publish({ source, detailType, detail, resources, time: new Date(time) });
      },
    }),
    "Batch",
  );
  shutdown.sources.add({ stop: batch.endJobs }, "jobs");
  return {
    endpointVariables: { AWS_ENDPOINT_URL_BATCH: batch.endpoint },
    kinds: batchKinds(new BatchClient(host.client(batch.endpoint))),
    begin: batch.begin,
    logFile: (name) => batch.logFile(name),
  };
}
