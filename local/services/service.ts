import type { DataDirectory } from "../data-directory.ts";
import type { AsyncInvoker } from "../functions/async-invoker.ts";
import type { LocalFunction } from "../functions/local-function.ts";
import type { Iam } from "../iam/index.ts";
import type { ResourceKinds } from "../resources/resource.ts";
import type { Declarations, DeclaredFunction } from "../resources/stage-context.ts";
import type { PhasedShutdown } from "../shutdown.ts";
import type { AccessKey } from "../signatures/access-key.ts";

/**
 * An AWS service as the stage runs it. Its module (`<service>/module.ts`) is all that the stage knows of it: the module
 * starts the server and leaves its end to the host's shutdown, makes the client that the service's resources are made
 * with, and connects the service with the stage's functions. One line in `index.ts` adds it to the stage.
 */
export interface Service {
  /** Where SDKs find it: `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly endpointVariables: Readonly<Record<string, string>>;
  /** The types of resources it has. @default none */
  readonly kinds?: ResourceKinds;
  /** Connects it with the functions, after every resource is made and before anything is served. @default nothing */
  connect?(connections: Connections): Promise<void>;
  /** Lets it do by itself what needs the stage's APIs: called when they are served. @default nothing */
  begin?(): void;
}

/** What every service is started with. */
export interface ServiceHost {
  readonly region: string;
  readonly accountId: string;
  /** Knows who signed a request, and what they may do: what a service asks before it does anything (`authority.ts`). */
  readonly iam: Iam;
  readonly data: DataDirectory;
  /**
   * Serves in place of the embedded ones what keeps data, keys and secrets, and every service the stage does not have.
   * What starts something on this machine, as Batch, EventBridge and its Scheduler do, is embedded always.
   */
  readonly awsEndpoint: string | undefined;
  /**
   * What a process of the stage finds in its environment: the region, credentials, where the services are. Each service
   * that starts adds itself, so whoever starts processes reads it then, and not before.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly shutdown: PhasedShutdown;
  /** Told what goes wrong outside any request. */
  readonly log: (line: string) => void;
  /**
   * The configuration of a client for a service at an endpoint.
   * @param credentials with which it asks @default the developer's
   */
  client(endpoint: string, credentials?: AccessKey): { region: string; endpoint: string; credentials: AccessKey };
}

/** A function of the stage, and what its stack says of it. */
export interface ConnectedFunction {
  readonly running: LocalFunction;
  readonly declared: DeclaredFunction;
}

/** The stage's functions, for services that invoke them. */
export interface Connections {
  readonly declarations: Declarations;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, ConnectedFunction>;
  /** @throws Error when the ARN is that of no function of this stage */
  functionOf(arn: string): ConnectedFunction;
  /** Lambda's queue for asynchronous events. */
  readonly invoker: AsyncInvoker;
  /**
   * Sends a message to a queue, for what could not be delivered. Resolves when the queue has it.
   * @param sender whose policies must allow it @default the developer
   * @param attributes of the message, all of them text @default none
   */
  sendToQueue(
    queueArn: string,
    body: unknown,
    sender?: AccessKey,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<void>;
}
