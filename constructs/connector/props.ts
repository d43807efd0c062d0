import type { LogGroup } from "../log-group/index.ts";
import type { Repository } from "../repository/index.ts";
import type { RestApi } from "../rest-api/index.ts";
import type { Registrar } from "./registrar.ts";

/** What a connector needs to know of the framework it runs in. */
export interface ConnectorFramework {
  readonly api: RestApi;
  /** Where jobs log. */
  readonly jobLogs: LogGroup;
  /** IAM path of the roles that jobs may be given, with a slash at both ends. */
  readonly rolePath: string;
  readonly registrar: Registrar;
}

export interface ConnectorProps {
  readonly framework: ConnectorFramework;
  /** What people know it by: 3 to 128 letters, digits and hyphens. */
  readonly name: string;
  /** 3 to 1000 characters. @default none */
  readonly description?: string;
  /** Tag of its image in the repository. A tag cannot be pushed over: another version is another tag. */
  readonly imageTag: string;
  /** Where its image is. @default a repository of its own */
  readonly repository?: Repository;
  /** 0.25, 0.5, 1, 2, 4, 8 or 16 (Amazon ECS: Fargate task size). @default 1 */
  readonly vcpus?: number;
  /** What goes with the vCPUs. @default 2048 */
  readonly memoryMib?: number;
  /** Seconds an attempt may run, 60 to 604 800. @default 3600 */
  readonly timeoutSeconds?: number;
  /** Times a container is tried until one ends well, 1 to 10. @default 1 */
  readonly attempts?: number;
  /** SPOT is cheaper, and may be taken back at two minutes' notice: give it more than one attempt. @default "ON_DEMAND" */
  readonly capacity?: "ON_DEMAND" | "SPOT";
  /** What its image is built for. @default "X86_64" */
  readonly cpuArchitecture?: "X86_64" | "ARM64";
  /** Disk of a container, 21 to 200. @default 20 */
  readonly ephemeralStorageGib?: number;
  /** What the names of its jobs' log streams begin with. @default the connector's id */
  readonly logStreamPrefix?: string;
  /** Variables whose values are read when a container starts, and are nowhere else. @default none */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** When jobs start by themselves. @default never */
  readonly schedule?: ConnectorSchedule;
}

/** A secret of Secrets Manager, whole or one key of its JSON, or a parameter of Systems Manager. */
export type Secret = { readonly secretArn: string; readonly key?: string } | { readonly parameterArn: string };

export interface ConnectorSchedule {
  /** `rate(1 hour)`, or `cron(0 6 ? * MON-FRI *)` (EventBridge Scheduler: Schedule types). */
  readonly expression: string;
  /** Of a cron expression, from the IANA database. @default "UTC" */
  readonly timezone?: string;
  /** Variables of the jobs it starts. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}
