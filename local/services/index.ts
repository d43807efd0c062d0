import { eventsModule } from "../events/module.ts";
import { noAwsConfiguration } from "../processes/aws-configuration.ts";
import type { ResourceKind, ResourceKinds } from "../resources/resource.ts";
import { localAccessKey } from "../signatures/access-key.ts";
import { absentModule } from "./absent/module.ts";
import type { SecretClients } from "./batch/container-secrets.ts";
import type { LocalCommand } from "./batch/image.ts";
import { batchModule } from "./batch/module.ts";
import type { Batch } from "./batch/start-batch.ts";
import { createTaskRoles } from "./batch/task-roles.ts";
import { dynamodbModule } from "./dynamodb/module.ts";
import { kmsModule } from "./kms/module.ts";
import { schedulerModule } from "./scheduler/module.ts";
import { secretsManagerModule } from "./secrets-manager/module.ts";
import type { Connections, Service, ServiceHost } from "./service.ts";
import { sqsModule } from "./sqs/module.ts";
import { parameterStoreModule } from "./ssm/module.ts";

export interface ServicesOptions
  extends Pick<ServiceHost, "data" | "region" | "accountId" | "iam" | "awsEndpoint" | "shutdown" | "log"> {
  readonly images: ReadonlyMap<string, LocalCommand>;
}

/** The AWS services of the stage, running. */
export interface Services {
  /** `AWS_ENDPOINT_URL_<SERVICE>` of each, as the SDKs read them, and `AWS_ENDPOINT_URL` for all others. */
  readonly endpointVariables: Readonly<Record<string, string>>;
  /** The types of resources they have, all together. */
  readonly kinds: ResourceKinds;
  /** Takes what could not be delivered. */
  readonly sendToQueue: Connections["sendToQueue"];
  readonly jobLogs: Batch["logFile"];
  /** Connects them with the functions, one after the other: events find their rules before a stream is read. */
  connect(connections: Connections): Promise<void>;
  /** To be called when the stage's APIs are served. */
  begin(): void;
}

/** Starts every service, each by its module, and leaves their end to `shutdown`. Nothing is lazy: all are cheap. */
export async function startServices({ images, ...options }: ServicesOptions): Promise<Services> {
  const environment: Record<string, string> = {
    ...noAwsConfiguration,
    AWS_REGION: options.region,
    AWS_ACCESS_KEY_ID: localAccessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAccessKey.secretAccessKey,
  };
  const endpointVariables: Record<string, string> = {};
  const host: ServiceHost = {
    ...options,
    environment,
    client: (endpoint, credentials = localAccessKey) => ({ region: options.region, endpoint, credentials }),
  };
  const services: Service[] = [];
  const started = async <S extends Service>(starting: Promise<S>): Promise<S> => {
    const service = await starting;
    services.push(service);
    Object.assign(endpointVariables, service.endpointVariables);
    Object.assign(environment, service.endpointVariables);
    return service;
  };

  await started(absentModule(host));
  const sqs = await started(sqsModule(host));
  const events = await started(eventsModule(host));
  await started(dynamodbModule(host));
  await started(kmsModule(host));
  const secretsManager = await started(secretsManagerModule(host));
  const ssm = await started(parameterStoreModule(host));
  const taskRoles = createTaskRoles(host);
  const secrets: SecretClients = (executionRoleArn) => {
    const key = taskRoles(executionRoleArn, "execution");
    return { secretsManager: secretsManager.clientFor(key), ssm: ssm.clientFor(key) };
  };
  await started(schedulerModule(host));
  const batch = await started(batchModule(host, { images, secrets, taskRoles, publish: events.publish }));

  return {
    endpointVariables,
    kinds: new Map(services.flatMap(({ kinds }): [string, ResourceKind][] => [...(kinds ?? [])])),
    sendToQueue: sqs.sendToQueue,
    jobLogs: batch.logFile,
    async connect(connections) {
      for (const service of services) await service.connect?.(connections);
    },
    begin() {
      for (const service of services) service.begin?.();
    },
  };
}
