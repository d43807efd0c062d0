import * as z from "zod";
import { environmentVariables } from "./container-environment.ts";
import { fargateSizeProblem } from "./fargate-sizes.ts";

/** Where a job may run: capacity that stays, or spare capacity that AWS may take back. */
export const capacities = ["ON_DEMAND", "SPOT"] as const;
export const cpuArchitectures = ["X86_64", "ARM64"] as const;
export const scheduleStates = ["ENABLED", "PAUSED"] as const;
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
const timestamp = z.iso.datetime({ precision: 3 }).describe("UTC, with milliseconds");

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

const ephemeralStorage = z
  .int()
  .min(21)
  .max(200)
  .describe("GiB of the task's disk; 20 when it is left out (AWS Batch API: EphemeralStorage)");
const attempts = z
  .int()
  .min(1)
  .max(10)
  .describe("Times the container is tried until one attempt ends well (AWS Batch API: RetryStrategy)");
const logStreamPrefix = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w./-]+$/, "only letters, digits, underscores, dots, slashes and hyphens")
  .describe("What the names of the jobs' log streams begin with; the connector's id when it is left out");

/** Secrets a connector's containers may get, and bytes of their names and ARNs: a Batch job definition holds at most 24 KiB (AWS Batch: Service quotas). */
const maximumSecrets = 20;
const secretsBytes = 4096;

/**
 * A secret of Secrets Manager, whole or one key or version of it, or a parameter of Systems Manager (Amazon ECS API:
 * Secret).
 */
const secretArn = z
  .string()
  .max(2048)
  .regex(
    /^arn:aws(-[a-z]+)*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w+=,.@/-]+(:[^:]*){0,3}|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+)$/,
    "must be the ARN of a secret in Secrets Manager or of a parameter in Systems Manager",
  );

const secrets = z
  .array(z.object({ name: environmentVariables.name, value_from: secretArn }))
  .max(maximumSecrets)
  .superRefine(eachOnce("name"))
  .superRefine((secrets, context) => {
    const size = secrets.reduce((sum, { name, value_from }) => sum + utf8Bytes(name) + utf8Bytes(value_from), 0);
    if (size > secretsBytes)
      context.addIssue({ code: "custom", message: `at most ${secretsBytes} bytes in all, but has ${size}` });
  })
  .describe("Variables whose values the execution role reads when a container starts; no value is ever stored here");

/** Defaults of a connector that does not say them. */
export const connectorDefaults = {
  cpu: 1,
  memory: 2048,
  timeout: 3600,
  attempts: 1,
  capacity: "ON_DEMAND",
  cpuArchitecture: "X86_64",
} as const;

export const resourceRequirements = z
  .object({ cpu: cpu.default(connectorDefaults.cpu), memory: memory.default(connectorDefaults.memory) })
  .superRefine(({ cpu, memory }, context) => {
    const problem = fargateSizeProblem(cpu, memory);
    if (problem) context.addIssue({ code: "custom", path: [problem.field], message: problem.message });
  })
  .describe("A size that Fargate has (Amazon ECS: Task CPU and memory)");

export const containerProperties = z.object({
  execution_role_arn: roleArn.describe("Role that pulls the image and writes the log"),
  image_uri: imageUri,
  job_role_arn: roleArn.describe("Role the connector's own code has"),
  resource_requirements: resourceRequirements.default({
    cpu: connectorDefaults.cpu,
    memory: connectorDefaults.memory,
  }),
  timeout: timeout.default(connectorDefaults.timeout),
  attempts: attempts.default(connectorDefaults.attempts),
  capacity: z
    .enum(capacities)
    .default(connectorDefaults.capacity)
    .describe("SPOT is cheaper, and may be taken back at two minutes' notice: give it more than one attempt"),
  cpu_architecture: z.enum(cpuArchitectures).default(connectorDefaults.cpuArchitecture),
  ephemeral_storage: ephemeralStorage.optional(),
  log_stream_prefix: logStreamPrefix.optional(),
  secrets: secrets.default([]),
});

/** What an update may say: members left out stay as they are. The size is checked once both halves are known. */
export const containerPropertiesChange = z.object({
  execution_role_arn: roleArn.optional(),
  image_uri: imageUri.optional(),
  job_role_arn: roleArn.optional(),
  resource_requirements: z.object({ cpu: cpu.optional(), memory: memory.optional() }).optional(),
  timeout: timeout.optional(),
  attempts: attempts.optional(),
  capacity: z.enum(capacities).optional(),
  cpu_architecture: z.enum(cpuArchitectures).optional(),
  ephemeral_storage: ephemeralStorage.nullable().optional().describe("Null goes back to 20 GiB"),
  log_stream_prefix: logStreamPrefix.nullable().optional().describe("Null goes back to the connector's id"),
  secrets: secrets.optional().describe("All of them: those left out are taken away"),
});

export const connectorSummary = z
  .object({
    connector_id: connectorId,
    arn: z.string(),
    name: z.string(),
    created_at: timestamp,
    updated_at: timestamp,
    status: z.enum(connectorStatuses),
    description: z.string().nullable(),
  })
  .meta({ id: "ConnectorSummary" });

export const connector = connectorSummary
  .extend({
    container_properties: z.object({
      execution_role_arn: z.string(),
      image_uri: z.string(),
      job_role_arn: z.string(),
      resource_requirements: z.object({ cpu: z.number(), memory: z.number() }),
      timeout: z.number(),
      attempts: z.number(),
      capacity: z.enum(capacities),
      cpu_architecture: z.enum(cpuArchitectures),
      ephemeral_storage: z.number().optional(),
      log_stream_prefix: z.string().optional(),
      secrets: z.array(z.object({ name: z.string(), value_from: z.string() })),
    }),
    current_job_id: z.string().nullable().describe("The job that holds the connector while it is IN_USE"),
  })
  .meta({ id: "Connector" });

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
  })
  .describe(`Variables of the container: each name once, at most ${jobEnvironmentBytes} bytes in all`);

export const job = z
  .object({
    job_id: jobId,
    connector_id: connectorId,
    status: z.enum(jobStatuses),
    created_at: timestamp,
    updated_at: timestamp,
    started_at: timestamp.optional().describe("When the container began to run"),
    completed_at: timestamp.optional(),
    failure_reason: z.string().max(1024).optional(),
    exit_code: z.int().optional(),
    attempts: z.int().optional().describe("Times the container was tried"),
    batch_job_id: z.string().optional(),
    log_stream_name: z.string().optional().describe("Stream in the log group of Batch jobs"),
  })
  .meta({ id: "Job" });

export const jobStarted = job
  .pick({ job_id: true, connector_id: true, status: true, created_at: true })
  .meta({ id: "StartedJob" });

/** When a schedule starts jobs (EventBridge Scheduler: Schedule types). It has the last word on what is a valid one. */
const scheduleExpression = z
  .string()
  .max(256)
  .regex(
    /^(rate\([1-9]\d{0,3} (minute|minutes|hour|hours|day|days)\)|cron\(\S+( \S+){5}\))$/,
    "must be rate(<number> <minutes, hours or days>) or cron(<minutes> <hours> <day of month> <month> <day of week> <year>)",
  );

export const schedule = z
  .object({
    connector_id: connectorId,
    schedule_expression: z.string(),
    timezone: z.string(),
    state: z.enum(scheduleStates),
    environment: z.array(z.object({ name: z.string(), value: z.string() })),
  })
  .meta({ id: "Schedule" });

/** What a client says of a schedule. */
export const scheduleSettings = z.object({
  schedule_expression: scheduleExpression.describe("rate(1 hour), or cron(0 6 ? * MON-FRI *)"),
  timezone: z
    .string()
    .min(1)
    .max(50)
    .default("UTC")
    .describe("Time zone of a cron expression, from the IANA database: Europe/Berlin"),
  state: z.enum(scheduleStates).default("ENABLED"),
  environment: jobEnvironment.default([]).describe("Variables of the jobs it starts"),
});

/** Bytes of a checkpoint as JSON: it is one DynamoDB item, and those hold 400 KB (DynamoDB: Service quotas). */
export const checkpointBytes = 390_000;

export const checkpointData = z
  .union([z.string().min(1), z.record(z.string(), z.json())])
  .describe(
    `Text or a JSON object of at most ${checkpointBytes} bytes; comes back as it was sent. Whole numbers that do not fit a double are sent as text`,
  )
  .superRefine((data, context) => {
    const size = utf8Bytes(JSON.stringify(data));
    if (size > checkpointBytes)
      context.addIssue({ code: "custom", message: `at most ${checkpointBytes} bytes as JSON, but has ${size}` });
  });

export const checkpoint = z
  .object({
    connector_id: connectorId,
    checkpoint_data: z.union([z.string(), z.record(z.string(), z.json())]),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: "Checkpoint" });

/** A document id is a DynamoDB sort key: at most 1024 bytes of UTF-8 (DynamoDB: Service quotas). */
export const documentId = z
  .string()
  .min(1)
  .max(512)
  .refine((id) => utf8Bytes(id) <= 1024, "at most 1024 bytes of UTF-8")
  .refine(isWellFormed, wellFormed)
  .describe("At most 1024 bytes of UTF-8");

export const documents = z
  .array(
    z.object({
      document_id: documentId,
      checksum: z.string().min(32).max(512).refine(isWellFormed, wellFormed),
    }),
  )
  .min(1)
  .max(100)
  .superRefine(eachOnce("document_id"))
  .describe("Each document_id once");

export const documentIds = z
  .array(documentId)
  .min(1)
  .max(50)
  .describe("Ids that are not there are ignored, and so is one that comes twice");

export const document = z
  .object({
    document_id: documentId,
    checksum: z.string(),
    created_at: timestamp.describe("When the document was first recorded"),
    updated_at: timestamp,
  })
  .meta({ id: "Document" });
