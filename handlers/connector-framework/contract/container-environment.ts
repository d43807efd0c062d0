import * as z from "zod";

/** What the framework tells the container of a job, and what the caller therefore may not set. */
export const containerVariables = {
  jobId: "CUSTOM_CONNECTOR_JOB_ID",
  connectorId: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ID",
  connectorArn: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ARN",
  arnPrefix: "CUSTOM_CONNECTOR_FRAMEWORK_CUSTOM_CONNECTOR_ARN_PREFIX",
  region: "AWS_REGION",
  apiEndpoint: "CUSTOM_CONNECTOR_FRAMEWORK_API_ENDPOINT",
} as const;

/** Names that Batch, ECS and the SDK own inside a container. `AWS_DATA_PATH` and the like stay the caller's. */
const reserved =
  /^(AWS_BATCH|CUSTOM_CONNECTOR_|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|REGION|DEFAULT_REGION|CONTAINER_|EXECUTION_ENV|ENDPOINT_URL|PROFILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE))/;

export const environmentVariables = {
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, "must begin with a letter and hold only letters, digits and underscores")
    .refine((name) => !reserved.test(name), "is reserved for the framework, Batch or the AWS SDK"),
};
