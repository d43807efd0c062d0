import type { RegisterJobDefinitionCommandInput } from "@aws-sdk/client-batch";
import { containerVariables } from "../contract/container-environment.ts";
import type { Connector } from "../model/connector.ts";
import type { Job } from "../model/job.ts";
import { regionOf } from "../model/keys.ts";

/** What every job has alike, set by the stack. */
export interface JobSettings {
  /** URL of the API's stage, with a slash at the end. */
  readonly apiEndpoint: string;
  readonly logGroup: string;
  readonly assignPublicIp: "ENABLED" | "DISABLED";
}

/** Tags of a job and its definition, by which people and policies find them. */
export const jobTags = (job: Job): Record<string, string> => ({
  connector_id: job.connector_id,
  custom_connector_arn_prefix: job.custom_connector_arn_prefix,
  job_id: job.job_id,
});

/** The Batch job definition of one job, named by the job's id. The image runs its own command. */
export function jobDefinition(
  job: Job,
  { container_properties: container }: Pick<Connector, "container_properties">,
  settings: JobSettings,
): RegisterJobDefinitionCommandInput {
  const region = regionOf(job.custom_connector_arn_prefix);
  const { cpu, memory } = container.resource_requirements;
  const { ephemeral_storage, secrets, log_stream_prefix = job.connector_id } = container;
  return {
    jobDefinitionName: job.job_id,
    type: "container",
    platformCapabilities: ["FARGATE"],
    containerProperties: {
      image: container.image_uri,
      executionRoleArn: container.execution_role_arn,
      jobRoleArn: container.job_role_arn,
      environment: [...frameworkVariables(job, region, settings), ...job.environment],
      secrets: secrets.map(({ name, value_from }) => ({ name, valueFrom: value_from })),
      resourceRequirements: [
        { type: "VCPU", value: String(cpu) },
        { type: "MEMORY", value: String(memory) },
      ],
      ...(ephemeral_storage !== undefined && { ephemeralStorage: { sizeInGiB: ephemeral_storage } }),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: container.cpu_architecture },
      networkConfiguration: { assignPublicIp: settings.assignPublicIp },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": settings.logGroup,
          "awslogs-region": region,
          "awslogs-stream-prefix": log_stream_prefix,
        },
      },
    },
    tags: jobTags(job),
    propagateTags: true,
  };
}

/** The caller cannot set these: the contract refuses their names. */
const frameworkVariables = (job: Job, region: string, { apiEndpoint }: JobSettings) => [
  { name: containerVariables.jobId, value: job.job_id },
  { name: containerVariables.connectorId, value: job.connector_id },
  { name: containerVariables.connectorArn, value: job.connector_arn },
  { name: containerVariables.arnPrefix, value: job.custom_connector_arn_prefix },
  { name: containerVariables.region, value: region },
  { name: containerVariables.apiEndpoint, value: apiEndpoint },
];
