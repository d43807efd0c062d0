import * as z from "zod";
import { environmentVariables } from "./container-environment.ts";
import { fargateSizeProblem } from "./fargate-sizes.ts";

export const connectorStatuses = ["AVAILABLE", "IN_USE"] as const;
export const jobStatuses = ["STARTED", "RUNNING", "STOPPING", "STOPPED", "FAILED", "SUCCEEDED"] as const;

export type JobStatus = (typeof jobStatuses)[number];

/** Half of a surrogate pair has no UTF-8: two ids that differ only in such halves would be one key. */
const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);
const wellFormed = "must be well-formed Unicode";

const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;

/** Refuses a list in which two items have the same value of a field, naming each later one. */
const eachOnce =
  <Field extends string>(field: Field) =>
  (items: readonly Readonly<Record<Field, string>>[], context: z.RefinementCtx) => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      if (seen.has(item[field])) context.addIssue({ code: "custom", path: [index, field], message: "appears twice" });
      seen.add(item[field]);
    }
  };

/** UTC, ISO 8601 with milliseconds and `Z`; clients treat it as opaque. */
const timestamp = z.iso.datetime({ precision: 3 });

export const connectorId = z.string().min(1).max(128).describe("`cc-` and 12 lower-case hex digits");
export const jobId = z.string().min(1).max(128).describe("`ccj-` and 12 lower-case hex digits");

export const connectorName = z
  .string()
  .min(3)
  .max(128)
  .regex(/^[a-zA-Z0-9-]+$/, "only letters, digits and hyphens");
export const connectorDescription = z.string().min(3).max(1000).refine(isWellFormed, wellFormed);

const roleArn = z
  .string()
  .min(20)
  .max(2048)
  .regex(/^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$/, "must be the ARN of an IAM role");
const imageUri = z
  .string()
  .min(20)
  .max(2048)
  .regex(/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/.+$/, "must be an image in Amazon ECR");

const cpu = z.number().min(0.25).max(16).describe("vCPUs of the Fargate task");
const memory = z.int().min(512).max(122_880).describe("MiB of the Fargate task");
const timeout = z
  .int()
  .min(60)
  .max(604_800)
  .describe("Seconds an attempt may run; Batch takes no less than 60 (AWS Batch: Job timeouts)");

/** Defaults of a connector that does not say them. */
export const connectorDefaults = { cpu: 1, memory: 2048, timeout: 3600 } as const;

export const resourceRequirements = z
  .object({ cpu: cpu.default(connectorDefaults.cpu), memory: memory.default(connectorDefaults.memory) })
  .superRefine(({ cpu, memory }, context) => {
    const problem = fargateSizeProblem(cpu, memory);
    if (problem) context.addIssue({ code: "custom", path: [problem.field], message: problem.message });
  });

export const containerProperties = z.object({
  execution_role_arn: roleArn.describe("Role that pulls the image and writes the log"),
  image_uri: imageUri,
  job_role_arn: roleArn.describe("Role the connector's own code has"),
  resource_requirements: resourceRequirements.default({
    cpu: connectorDefaults.cpu,
    memory: connectorDefaults.memory,
  }),
  timeout: timeout.default(connectorDefaults.timeout),
});

/** What an update may say: members left out stay as they are. The size is checked once both halves are known. */
export const containerPropertiesChange = z.object({
  execution_role_arn: roleArn.optional(),
  image_uri: imageUri.optional(),
  job_role_arn: roleArn.optional(),
  resource_requirements: z.object({ cpu: cpu.optional(), memory: memory.optional() }).optional(),
  timeout: timeout.optional(),
});

export const connectorSummary = z.object({
  connector_id: connectorId,
  arn: z.string(),
  name: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  status: z.enum(connectorStatuses),
  description: z.string().nullable(),
});

export const connector = connectorSummary.extend({
  container_properties: z.object({
    execution_role_arn: z.string(),
    image_uri: z.string(),
    job_role_arn: z.string(),
    resource_requirements: z.object({ cpu: z.number(), memory: z.number() }),
    timeout: z.number(),
  }),
  current_job_id: z.string().nullable().describe("The job that holds the connector while it is IN_USE"),
});

/** Bytes of all of a job's variables, names and values: a Batch job definition holds at most 24 KiB (AWS Batch: Service quotas). */
export const jobEnvironmentBytes = 16_384;

export const jobEnvironment = z
  .array(z.object({ name: environmentVariables.name, value: z.string().max(4096).refine(isWellFormed, wellFormed) }))
  .max(50)
  .superRefine(eachOnce("name"))
  .superRefine((variables, context) => {
    const size = variables.reduce((sum, { name, value }) => sum + utf8Bytes(name) + utf8Bytes(value), 0);
    if (size > jobEnvironmentBytes)
      context.addIssue({ code: "custom", message: `at most ${jobEnvironmentBytes} bytes in all, but has ${size}` });
  });

export const job = z.object({
  job_id: jobId,
  connector_id: connectorId,
  status: z.enum(jobStatuses),
  created_at: timestamp,
  updated_at: timestamp,
  started_at: timestamp.optional().describe("When the container began to run"),
  completed_at: timestamp.optional(),
  failure_reason: z.string().max(1024).optional(),
  exit_code: z.int().optional(),
  batch_job_id: z.string().optional(),
  log_stream_name: z.string().optional().describe("Stream in the log group of Batch jobs"),
});

export const jobStarted = job.pick({ job_id: true, connector_id: true, status: true, created_at: true });

/** Bytes of a checkpoint as JSON: it is one DynamoDB item, and those hold 400 KB (DynamoDB: Service quotas). */
export const checkpointBytes = 390_000;

export const checkpointData = z
  .union([z.string().min(1), z.record(z.string(), z.json())])
  .describe("Text or a JSON object; comes back as it was sent. Whole numbers that do not fit a double are sent as text")
  .superRefine((data, context) => {
    const size = utf8Bytes(JSON.stringify(data));
    if (size > checkpointBytes)
      context.addIssue({ code: "custom", message: `at most ${checkpointBytes} bytes as JSON, but has ${size}` });
  });

export const checkpoint = z.object({
  connector_id: connectorId,
  checkpoint_data: z.union([z.string(), z.record(z.string(), z.json())]),
  created_at: timestamp,
  updated_at: timestamp,
});

/** A document id is a DynamoDB sort key: at most 1024 bytes of UTF-8 (DynamoDB: Service quotas). */
export const documentId = z
  .string()
  .min(1)
  .max(512)
  .refine((id) => utf8Bytes(id) <= 1024, "at most 1024 bytes of UTF-8")
  .refine(isWellFormed, wellFormed);

export const documents = z
  .array(
    z.object({
      document_id: documentId,
      checksum: z.string().min(32).max(512).refine(isWellFormed, wellFormed),
    }),
  )
  .min(1)
  .max(100)
  .superRefine(eachOnce("document_id"));

export const documentIds = z
  .array(documentId)
  .min(1)
  .max(50)
  .describe("Ids that are not there are ignored, and so is one that comes twice");

export const document = z.object({
  document_id: documentId,
  checksum: z.string(),
  created_at: timestamp.describe("When the document was first recorded"),
  updated_at: timestamp,
});
