import type * as z from "zod";
import type { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import type { ConnectorProps, Secret } from "./props.ts";

type Operations = (typeof connectorFrameworkApi)["operations"];
type Connector = z.input<Operations["CreateCustomConnector"]["body"]>;
type Schedule = z.input<Operations["PutCustomConnectorSchedule"]["body"]>;
type Variables = readonly { readonly name: string; readonly value: string }[];

/** What is registered: bodies of the API's operations. */
export interface ConnectorRequest {
  readonly connector: Omit<Connector, "description" | "container_properties"> & {
    readonly description?: string;
    readonly container_properties: Connector["container_properties"] & {
      readonly secrets: { readonly name: string; readonly value_from: string }[];
    };
  };
  readonly schedule?: Omit<Schedule, "environment"> & { readonly environment: Variables };
}

/** What the stack knows beside what the connector's props say. */
export interface Parts {
  readonly imageUri: string;
  readonly executionRoleArn: string;
  readonly jobRoleArn: string;
}

/** A connector's props in the words of the API. What they do not say is left to its defaults. */
export function requestOf(props: ConnectorProps, { imageUri, executionRoleArn, jobRoleArn }: Parts): ConnectorRequest {
  const { name, description, vcpus, memoryMib, timeoutSeconds, attempts, capacity, cpuArchitecture } = props;
  const { ephemeralStorageGib, logStreamPrefix, secrets = {}, schedule } = props;
  const hasSize = vcpus !== undefined || memoryMib !== undefined;
  const size = { ...(vcpus !== undefined && { cpu: vcpus }), ...(memoryMib !== undefined && { memory: memoryMib }) };
  return {
    connector: {
      name,
      ...(description !== undefined && { description }),
      container_properties: {
        image_uri: imageUri,
        execution_role_arn: executionRoleArn,
        job_role_arn: jobRoleArn,
        ...(hasSize && { resource_requirements: size }),
        ...(timeoutSeconds !== undefined && { timeout: timeoutSeconds }),
        ...(attempts !== undefined && { attempts }),
        ...(capacity && { capacity }),
        ...(cpuArchitecture && { cpu_architecture: cpuArchitecture }),
        ...(ephemeralStorageGib !== undefined && { ephemeral_storage: ephemeralStorageGib }),
        ...(logStreamPrefix !== undefined && { log_stream_prefix: logStreamPrefix }),
        secrets: byName(secrets).map(([name, secret]) => ({ name, value_from: valueFrom(secret) })),
      },
    },
    ...(schedule && {
      schedule: {
        schedule_expression: schedule.expression,
        ...(schedule.timezone !== undefined && { timezone: schedule.timezone }),
        environment: byName(schedule.environment ?? {}).map(([name, value]) => ({ name, value })),
      },
    }),
  };
}

/** Where ECS reads a secret (Amazon ECS API: Secret). */
function valueFrom(secret: Secret): string {
  if ("parameterArn" in secret) return secret.parameterArn;
  return secret.key === undefined ? secret.secretArn : `${secret.secretArn}:${secret.key}::`;
}

const byName = <Value>(values: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
