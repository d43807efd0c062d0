// Made from the description of the API by npm run build:clients: do not edit.

// handlers/runtime/api/client.ts
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import pRetry from "p-retry";
import * as z from "zod";

// handlers/runtime/api/description.ts
var defineApi = (api) => api;
function operationOf(api, name) {
  const operations = api.operations;
  const operation = operations[name];
  if (!operation) throw new Error(`${api.name} has no operation ${name}`);
  return operation;
}

// handlers/runtime/api/client.ts
var ApiError = class extends Error {
  name = "ApiError";
  status;
  errorType;
  constructor(status, errorType, message) {
    super(`${status} ${errorType ?? "error"}: ${message}`);
    this.status = status;
    this.errorType = errorType;
  }
};
var NoAnswerError = class extends Error {
  name = "NoAnswerError";
  /** If the request did not even leave: there was no connection for it. */
  neverSent;
  constructor(origin, cause) {
    super(`no answer from ${origin}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    const { code } = systemError.safeParse(cause).data?.cause ?? {};
    this.neverSent = code === "ECONNREFUSED" || code === "UND_ERR_CONNECT_TIMEOUT";
  }
};
var systemError = z.object({ cause: z.object({ code: z.string() }) });
function createApiClient(api, options) {
  const { region, credentials, timeoutMilliseconds = 15e3, retries = 4 } = options;
  const endpoint = new URL(options.endpoint);
  const basePath = endpoint.pathname.replace(/\/$/, "");
  const signer = new SignatureV4({ service: "execute-api", region, credentials, sha256: Sha256 });
  async function attempt(operation, parts) {
    const request2 = new HttpRequest({
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...endpoint.port === "" ? {} : { port: Number(endpoint.port) },
      method: operation.method,
      path: `${basePath}${parts.path}`,
      query: parts.query,
      headers: { host: endpoint.host, ...parts.body === void 0 ? {} : { "content-type": "application/json" } },
      ...parts.body === void 0 ? {} : { body: parts.body }
    });
    const { headers } = await signer.sign(request2);
    const search = new URLSearchParams(parts.query).toString().replaceAll("+", "%20");
    const url = `${endpoint.origin}${request2.path}${search === "" ? "" : `?${search}`}`;
    const { status, ok, text } = await answerTo(url, {
      method: operation.method,
      headers,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...parts.body === void 0 ? {} : { body: parts.body }
    });
    if (ok) return text === "" ? void 0 : JSON.parse(text);
    throw refusal(status, text);
  }
  const request = async (operation, input) => {
    const parts = requestParts(operation, input);
    const backOff = { retries, minTimeout: 200, maxTimeout: 5e3, randomize: true };
    const shouldRetry = ({ error }) => mayBeRepeated(operation, error);
    return pRetry(() => attempt(operation, parts), { ...backOff, shouldRetry });
  };
  return {
    api,
    async call(name, input) {
      const operation = operationOf(api, name);
      return received(operation, await request(operation, input));
    },
    callUnchecked: (name, input) => request(operationOf(api, name), input)
  };
}
async function answerTo(url, request) {
  try {
    const response = await fetch(url, request);
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    throw new NoAnswerError(new URL(url).origin, error);
  }
}
function requestParts(operation, input) {
  const pick = (schema) => Object.entries(input).filter(([name, value]) => schema && name in schema.shape && value !== void 0);
  const given = new Map(pick(operation.parameters));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = String(given.get(name) ?? "");
    if (value === "") throw new Error(`${name} is missing`);
    return encodeURIComponent(value);
  });
  const query = Object.fromEntries(pick(operation.query).map(([name, value]) => [name, String(value)]));
  const body = operation.body ? JSON.stringify(Object.fromEntries(pick(operation.body))) : void 0;
  return { path, query, body };
}
var errorBody = z.object({
  message: z.string().optional(),
  Message: z.string().optional(),
  errorType: z.string().optional()
});
function refusal(status, text) {
  let body = {};
  try {
    body = errorBody.parse(JSON.parse(text));
  } catch {
    body = { message: text.slice(0, 200) };
  }
  return new ApiError(status, body.errorType, body.message ?? body.Message ?? "");
}
function mayBeRepeated({ method }, error) {
  if (error instanceof ApiError) {
    const { status } = error;
    return status === 429 || status === 503 || status >= 500 && method !== "POST";
  }
  return error instanceof NoAnswerError && (method !== "POST" || error.neverSent);
}
function received(operation, answer) {
  return operation.success.body ? operation.success.body.parse(answer) : void 0;
}

// handlers/connector-framework/contract/api.ts
import * as z6 from "zod";

// handlers/runtime/api/paging.ts
import * as z2 from "zod";
var pageSize = (limits) => z2.string().regex(/^\d{1,9}$/, "must be a whole number").transform(Number).pipe(z2.int().min(1).max(limits.maximum)).default(limits.default).meta({ type: "integer", minimum: 1, maximum: limits.maximum, description: "Items a page holds at most" });
var nextToken = z2.string().min(1).max(5e3).optional().describe("From the page before; none for the first");

// handlers/connector-framework/contract/errors.ts
import * as z3 from "zod";
var errorTypes = {
  BadRequest: "BadRequestException",
  Forbidden: "UnauthorizedException",
  NotFound: "ResourceNotFoundException",
  Conflict: "ConflictException",
  LimitExceeded: "ResourceLimitExceededException",
  TooManyRequests: "ThrottlingException",
  Internal: "InternalServerError",
  Unavailable: "ServiceUnavailableException"
};
var errorShape = {
  schema: z3.object({ message: z3.string(), errorType: z3.enum(errorTypes) }),
  types: errorTypes,
  body: ({ code, message }) => ({ message, errorType: errorTypes[code] })
};

// handlers/connector-framework/contract/schemas.ts
import * as z5 from "zod";

// handlers/connector-framework/contract/container-environment.ts
import * as z4 from "zod";
var reserved = /^(AWS_BATCH|CUSTOM_CONNECTOR_|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|REGION|DEFAULT_REGION|CONTAINER_|EXECUTION_ENV|ENDPOINT_URL|PROFILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE))/;
var environmentVariables = {
  name: z4.string().min(1).max(128).regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, "must begin with a letter and hold only letters, digits and underscores").refine((name) => !reserved.test(name), "is reserved for the framework, Batch or the AWS SDK")
};

// handlers/connector-framework/contract/fargate-sizes.ts
var memoryOf = /* @__PURE__ */ new Map([
  [0.25, { min: 512, max: 2048, step: 512 }],
  [0.5, { min: 1024, max: 4096, step: 1024 }],
  [1, { min: 2048, max: 8192, step: 1024 }],
  [2, { min: 4096, max: 16384, step: 1024 }],
  [4, { min: 8192, max: 30720, step: 1024 }],
  [8, { min: 16384, max: 61440, step: 4096 }],
  [16, { min: 32768, max: 122880, step: 8192 }]
]);
function fargateSizeProblem(cpu2, memory2) {
  const range = memoryOf.get(cpu2);
  if (!range) return { field: "cpu", message: `must be one of ${[...memoryOf.keys()].join(", ")} vCPU` };
  const { min, max, step } = range;
  const fits = memory2 >= min && memory2 <= max && memory2 % step === 0 && !(cpu2 === 0.25 && memory2 === 1536);
  if (fits) return void 0;
  const sizes = cpu2 === 0.25 ? "512, 1024 or 2048" : `${min} to ${max} in steps of ${step}`;
  return { field: "memory", message: `with ${cpu2} vCPU must be ${sizes} MiB` };
}

// handlers/connector-framework/contract/schemas.ts
var capacities = ["ON_DEMAND", "SPOT"];
var cpuArchitectures = ["X86_64", "ARM64"];
var scheduleStates = ["ENABLED", "PAUSED"];
var connectorStatuses = ["AVAILABLE", "IN_USE"];
var jobStatuses = ["STARTED", "RUNNING", "STOPPING", "STOPPED", "FAILED", "SUCCEEDED"];
var isWellFormed = (text) => !new RegExp("\\p{Surrogate}", "u").test(text);
var wellFormed = "must be well-formed Unicode";
var utf8Bytes = (text) => new TextEncoder().encode(text).length;
var eachOnce = (field) => (items2, context) => {
  const seen = /* @__PURE__ */ new Set();
  for (const [index, item] of items2.entries()) {
    if (seen.has(item[field])) context.addIssue({ code: "custom", path: [index, field], message: "appears twice" });
    seen.add(item[field]);
  }
};
var timestamp = z5.iso.datetime({ precision: 3 }).describe("UTC, with milliseconds");
var connectorId = z5.string().min(1).max(128).describe("`cc-` and 12 lower-case hex digits");
var jobId = z5.string().min(1).max(128).describe("`ccj-` and 12 lower-case hex digits");
var connectorName = z5.string().min(3).max(128).regex(/^[a-zA-Z0-9-]+$/, "only letters, digits and hyphens");
var connectorDescription = z5.string().min(3).max(1e3).refine(isWellFormed, wellFormed);
var roleArn = z5.string().min(20).max(2048).regex(/^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$/, "must be the ARN of an IAM role");
var imageUri = z5.string().min(20).max(2048).regex(/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/.+$/, "must be an image in Amazon ECR");
var cpu = z5.number().min(0.25).max(16).describe("vCPUs of the Fargate task");
var memory = z5.int().min(512).max(122880).describe("MiB of the Fargate task");
var timeout = z5.int().min(60).max(604800).describe("Seconds an attempt may run; Batch takes no less than 60 (AWS Batch: Job timeouts)");
var ephemeralStorage = z5.int().min(21).max(200).describe("GiB of the task's disk; 20 when it is left out (AWS Batch API: EphemeralStorage)");
var attempts = z5.int().min(1).max(10).describe("Times the container is tried until one attempt ends well (AWS Batch API: RetryStrategy)");
var logStreamPrefix = z5.string().min(1).max(128).regex(/^[\w./-]+$/, "only letters, digits, underscores, dots, slashes and hyphens").describe("What the names of the jobs' log streams begin with; the connector's id when it is left out");
var maximumSecrets = 20;
var secretsBytes = 4096;
var secretArn = z5.string().max(2048).regex(
  /^arn:aws(-[a-z]+)*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w+=,.@/-]+(:[^:]*){0,3}|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+)$/,
  "must be the ARN of a secret in Secrets Manager or of a parameter in Systems Manager"
);
var secrets = z5.array(z5.object({ name: environmentVariables.name, value_from: secretArn })).max(maximumSecrets).superRefine(eachOnce("name")).superRefine((secrets2, context) => {
  const size = secrets2.reduce((sum, { name, value_from }) => sum + utf8Bytes(name) + utf8Bytes(value_from), 0);
  if (size > secretsBytes)
    context.addIssue({ code: "custom", message: `at most ${secretsBytes} bytes in all, but has ${size}` });
}).describe("Variables whose values the execution role reads when a container starts; no value is ever stored here");
var connectorDefaults = {
  cpu: 1,
  memory: 2048,
  timeout: 3600,
  attempts: 1,
  capacity: "ON_DEMAND",
  cpuArchitecture: "X86_64"
};
var resourceRequirements = z5.object({ cpu: cpu.default(connectorDefaults.cpu), memory: memory.default(connectorDefaults.memory) }).superRefine(({ cpu: cpu2, memory: memory2 }, context) => {
  const problem = fargateSizeProblem(cpu2, memory2);
  if (problem) context.addIssue({ code: "custom", path: [problem.field], message: problem.message });
}).describe("A size that Fargate has (Amazon ECS: Task CPU and memory)");
var containerProperties = z5.object({
  execution_role_arn: roleArn.describe("Role that pulls the image and writes the log"),
  image_uri: imageUri,
  job_role_arn: roleArn.describe("Role the connector's own code has"),
  resource_requirements: resourceRequirements.default({
    cpu: connectorDefaults.cpu,
    memory: connectorDefaults.memory
  }),
  timeout: timeout.default(connectorDefaults.timeout),
  attempts: attempts.default(connectorDefaults.attempts),
  capacity: z5.enum(capacities).default(connectorDefaults.capacity).describe("SPOT is cheaper, and may be taken back at two minutes' notice: give it more than one attempt"),
  cpu_architecture: z5.enum(cpuArchitectures).default(connectorDefaults.cpuArchitecture),
  ephemeral_storage: ephemeralStorage.optional(),
  log_stream_prefix: logStreamPrefix.optional(),
  secrets: secrets.default([])
});
var containerPropertiesChange = z5.object({
  execution_role_arn: roleArn.optional(),
  image_uri: imageUri.optional(),
  job_role_arn: roleArn.optional(),
  resource_requirements: z5.object({ cpu: cpu.optional(), memory: memory.optional() }).optional(),
  timeout: timeout.optional(),
  attempts: attempts.optional(),
  capacity: z5.enum(capacities).optional(),
  cpu_architecture: z5.enum(cpuArchitectures).optional(),
  ephemeral_storage: ephemeralStorage.nullable().optional().describe("Null goes back to 20 GiB"),
  log_stream_prefix: logStreamPrefix.nullable().optional().describe("Null goes back to the connector's id"),
  secrets: secrets.optional().describe("All of them: those left out are taken away")
});
var connectorSummary = z5.object({
  connector_id: connectorId,
  arn: z5.string(),
  name: z5.string(),
  created_at: timestamp,
  updated_at: timestamp,
  status: z5.enum(connectorStatuses),
  description: z5.string().nullable()
}).meta({ id: "ConnectorSummary" });
var connector = connectorSummary.extend({
  container_properties: z5.object({
    execution_role_arn: z5.string(),
    image_uri: z5.string(),
    job_role_arn: z5.string(),
    resource_requirements: z5.object({ cpu: z5.number(), memory: z5.number() }),
    timeout: z5.number(),
    attempts: z5.number(),
    capacity: z5.enum(capacities),
    cpu_architecture: z5.enum(cpuArchitectures),
    ephemeral_storage: z5.number().optional(),
    log_stream_prefix: z5.string().optional(),
    secrets: z5.array(z5.object({ name: z5.string(), value_from: z5.string() }))
  }),
  current_job_id: z5.string().nullable().describe("The job that holds the connector while it is IN_USE")
}).meta({ id: "Connector" });
var jobEnvironmentBytes = 16384;
var jobEnvironment = z5.array(z5.object({ name: environmentVariables.name, value: z5.string().max(4096).refine(isWellFormed, wellFormed) })).max(50).superRefine(eachOnce("name")).superRefine((variables, context) => {
  const size = variables.reduce((sum, { name, value }) => sum + utf8Bytes(name) + utf8Bytes(value), 0);
  if (size > jobEnvironmentBytes)
    context.addIssue({ code: "custom", message: `at most ${jobEnvironmentBytes} bytes in all, but has ${size}` });
}).describe(`Variables of the container: each name once, at most ${jobEnvironmentBytes} bytes in all`);
var job = z5.object({
  job_id: jobId,
  connector_id: connectorId,
  status: z5.enum(jobStatuses),
  created_at: timestamp,
  updated_at: timestamp,
  started_at: timestamp.optional().describe("When the container began to run"),
  completed_at: timestamp.optional(),
  failure_reason: z5.string().max(1024).optional(),
  exit_code: z5.int().optional(),
  attempts: z5.int().optional().describe("Times the container was tried"),
  batch_job_id: z5.string().optional(),
  log_stream_name: z5.string().optional().describe("Stream in the log group of Batch jobs")
}).meta({ id: "Job" });
var jobStarted = job.pick({ job_id: true, connector_id: true, status: true, created_at: true }).meta({ id: "StartedJob" });
var scheduleExpression = z5.string().max(256).regex(
  /^(rate\([1-9]\d{0,3} (minute|minutes|hour|hours|day|days)\)|cron\(\S+( \S+){5}\))$/,
  "must be rate(<number> <minutes, hours or days>) or cron(<minutes> <hours> <day of month> <month> <day of week> <year>)"
);
var schedule = z5.object({
  connector_id: connectorId,
  schedule_expression: z5.string(),
  timezone: z5.string(),
  state: z5.enum(scheduleStates),
  environment: z5.array(z5.object({ name: z5.string(), value: z5.string() }))
}).meta({ id: "Schedule" });
var scheduleSettings = z5.object({
  schedule_expression: scheduleExpression.describe("rate(1 hour), or cron(0 6 ? * MON-FRI *)"),
  timezone: z5.string().min(1).max(50).default("UTC").describe("Time zone of a cron expression, from the IANA database: Europe/Berlin"),
  state: z5.enum(scheduleStates).default("ENABLED"),
  environment: jobEnvironment.default([]).describe("Variables of the jobs it starts")
});
var checkpointBytes = 39e4;
var checkpointData = z5.union([z5.string().min(1), z5.record(z5.string(), z5.json())]).describe(
  `Text or a JSON object of at most ${checkpointBytes} bytes; comes back as it was sent. Whole numbers that do not fit a double are sent as text`
).superRefine((data, context) => {
  const size = utf8Bytes(JSON.stringify(data));
  if (size > checkpointBytes)
    context.addIssue({ code: "custom", message: `at most ${checkpointBytes} bytes as JSON, but has ${size}` });
});
var checkpoint = z5.object({
  connector_id: connectorId,
  checkpoint_data: z5.union([z5.string(), z5.record(z5.string(), z5.json())]),
  created_at: timestamp,
  updated_at: timestamp
}).meta({ id: "Checkpoint" });
var documentId = z5.string().min(1).max(512).refine((id) => utf8Bytes(id) <= 1024, "at most 1024 bytes of UTF-8").refine(isWellFormed, wellFormed).describe("At most 1024 bytes of UTF-8");
var documents = z5.array(
  z5.object({
    document_id: documentId,
    checksum: z5.string().min(32).max(512).refine(isWellFormed, wellFormed)
  })
).min(1).max(100).superRefine(eachOnce("document_id")).describe("Each document_id once");
var documentIds = z5.array(documentId).min(1).max(50).describe("Ids that are not there are ignored, and so is one that comes twice");
var document = z5.object({
  document_id: documentId,
  checksum: z5.string(),
  created_at: timestamp.describe("When the document was first recorded"),
  updated_at: timestamp
}).meta({ id: "Document" });

// handlers/connector-framework/contract/api.ts
var connectors = "/api/v1/custom-connectors";
var ofConnector = `${connectors}/{connector_id}`;
var connectorParameters = z6.object({ connector_id: connectorId });
var page = z6.object({ max_results: pageSize({ maximum: 100, default: 50 }), next_token: nextToken });
var next_token = z6.string().nullable().describe("Ask again with this for the next page; null on the last");
var connectorFrameworkApi = defineApi({
  name: "connector-framework",
  title: "Custom Connector Framework",
  version: "2025-06-01",
  description: "Registers connectors, runs each as a job, keeps its checkpoint and the checksums of its documents.",
  auth: "iam",
  errorShape,
  operations: {
    CreateCustomConnector: {
      method: "POST",
      path: connectors,
      summary: "Registers a connector",
      body: z6.object({
        name: connectorName,
        description: connectorDescription.nullish(),
        container_properties: containerProperties
      }),
      success: { status: 201, body: z6.object({ connector: connectorSummary }) },
      errors: ["Conflict", "LimitExceeded"]
    },
    ListCustomConnectors: {
      method: "GET",
      path: connectors,
      summary: "Lists the account's connectors",
      query: page,
      success: { status: 200, body: z6.object({ connectors: z6.array(connectorSummary), next_token }) },
      errors: []
    },
    GetCustomConnector: {
      method: "GET",
      path: ofConnector,
      summary: "Describes a connector",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ connector }) },
      errors: ["NotFound"]
    },
    UpdateCustomConnector: {
      method: "PUT",
      path: ofConnector,
      summary: "Changes what it names and leaves the rest; a null description clears it",
      parameters: connectorParameters,
      body: z6.object({
        name: connectorName.optional(),
        description: connectorDescription.nullable().optional(),
        container_properties: containerPropertiesChange.optional()
      }),
      success: { status: 200, body: z6.object({ connector: connectorSummary }) },
      errors: ["NotFound", "Conflict"]
    },
    DeleteCustomConnector: {
      method: "DELETE",
      path: ofConnector,
      summary: "Removes a connector that no job holds, and its checkpoint; its jobs, documents and schedule follow within minutes",
      parameters: connectorParameters,
      success: { status: 204 },
      errors: ["NotFound", "Conflict"]
    },
    ReleaseCustomConnector: {
      method: "POST",
      path: `${ofConnector}/release`,
      summary: "Frees a connector from a job that was stopped and does not end: the job is STOPPED at once, its container is told to end",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ connector: connectorSummary }) },
      errors: ["NotFound", "Conflict"]
    },
    StartCustomConnectorJob: {
      method: "POST",
      path: `${ofConnector}/jobs`,
      summary: "Starts a job; a connector runs one at a time",
      parameters: connectorParameters,
      body: z6.object({ environment: jobEnvironment.default([]) }),
      success: { status: 201, body: z6.object({ job: jobStarted }) },
      errors: ["NotFound", "Conflict", "LimitExceeded"]
    },
    GetCustomConnectorJob: {
      method: "GET",
      path: `${ofConnector}/jobs/{job_id}`,
      summary: "Describes a job",
      parameters: connectorParameters.extend({ job_id: jobId }),
      success: { status: 200, body: z6.object({ job }) },
      errors: ["NotFound"]
    },
    ListCustomConnectorJobs: {
      method: "GET",
      path: `${ofConnector}/jobs`,
      summary: "Lists a connector's jobs, newest first",
      parameters: connectorParameters,
      query: page.extend({
        status: z6.string().trim().transform((status) => status === "" ? void 0 : status).pipe(z6.enum(jobStatuses).optional()).optional().meta({ enum: [...jobStatuses], description: "Only jobs that have this status" })
      }),
      success: { status: 200, body: z6.object({ jobs: z6.array(job), next_token }) },
      errors: ["NotFound"]
    },
    StopCustomConnectorJob: {
      method: "POST",
      path: `${ofConnector}/jobs/{job_id}/stop`,
      summary: "Asks for a job's end; stopping a job that is stopping already changes nothing",
      parameters: connectorParameters.extend({ job_id: jobId }),
      success: { status: 202 },
      errors: ["NotFound", "Conflict"]
    },
    PutCustomConnectorSchedule: {
      method: "PUT",
      path: `${ofConnector}/schedule`,
      summary: "Has jobs started at set times, in place of the schedule before; a time at which a job still runs, or the account has as many jobs under way as it may, is skipped",
      parameters: connectorParameters,
      body: scheduleSettings,
      success: { status: 200, body: z6.object({ schedule }) },
      errors: ["NotFound", "Conflict", "LimitExceeded"]
    },
    GetCustomConnectorSchedule: {
      method: "GET",
      path: `${ofConnector}/schedule`,
      summary: "Reads the connector's schedule",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ schedule }) },
      errors: ["NotFound"]
    },
    DeleteCustomConnectorSchedule: {
      method: "DELETE",
      path: `${ofConnector}/schedule`,
      summary: "Has no more jobs started by themselves",
      parameters: connectorParameters,
      success: { status: 204 },
      errors: ["NotFound", "Conflict"]
    },
    PauseCustomConnectorSchedule: {
      method: "POST",
      path: `${ofConnector}/schedule/pause`,
      summary: "Holds the schedule until it is resumed; pausing a paused one changes nothing",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ schedule }) },
      errors: ["NotFound", "Conflict"]
    },
    ResumeCustomConnectorSchedule: {
      method: "POST",
      path: `${ofConnector}/schedule/resume`,
      summary: "Lets a paused schedule go on; times that passed meanwhile are not made up for",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ schedule }) },
      errors: ["NotFound", "Conflict"]
    },
    PutCustomConnectorCheckpoint: {
      method: "PUT",
      path: `${ofConnector}/checkpoint`,
      summary: "Stores the connector's checkpoint",
      parameters: connectorParameters,
      body: z6.object({ checkpoint_data: checkpointData }),
      success: { status: 202 },
      errors: ["NotFound"]
    },
    GetCustomConnectorCheckpoint: {
      method: "GET",
      path: `${ofConnector}/checkpoint`,
      summary: "Reads the connector's checkpoint",
      parameters: connectorParameters,
      success: { status: 200, body: z6.object({ checkpoint }) },
      errors: ["NotFound"]
    },
    DeleteCustomConnectorCheckpoint: {
      method: "DELETE",
      path: `${ofConnector}/checkpoint`,
      summary: "Forgets the connector's checkpoint",
      parameters: connectorParameters,
      success: { status: 202 },
      errors: ["NotFound"]
    },
    BatchPutCustomConnectorDocuments: {
      method: "POST",
      path: `${ofConnector}/documents`,
      summary: "Records documents and their checksums",
      parameters: connectorParameters,
      body: z6.object({ documents }),
      success: { status: 202 },
      errors: ["NotFound"]
    },
    BatchDeleteCustomConnectorDocuments: {
      method: "DELETE",
      path: `${ofConnector}/documents`,
      summary: "Forgets documents",
      parameters: connectorParameters,
      body: z6.object({ document_ids: documentIds }),
      success: { status: 202 },
      errors: ["NotFound"]
    },
    ListCustomConnectorDocuments: {
      method: "GET",
      path: `${ofConnector}/documents`,
      summary: "Lists a connector's documents by id",
      parameters: connectorParameters,
      query: page,
      success: { status: 200, body: z6.object({ documents: z6.array(document), next_token }) },
      errors: ["NotFound"]
    }
  }
});

// handlers/runtime/api/pages.ts
import * as z7 from "zod";
var token = "next_token";
var pageSize2 = "max_results";
function listOf({ query, success }) {
  const answer = success.body?.shape ?? {};
  const [items2, ...others] = Object.keys(answer).filter((name) => name !== token);
  if (!query || !(token in query.shape) || !(token in answer)) return void 0;
  if (items2 === void 0 || others.length > 0 || !(answer[items2] instanceof z7.ZodArray)) return void 0;
  return { items: items2, pageSize: pageSize2 in query.shape ? pageSize2 : void 0, token };
}
var continued = z7.looseObject({ [token]: z7.string().nullable() });
async function* paginate(client, name, input) {
  let page2 = input;
  for (const seen = /* @__PURE__ */ new Set(); ; ) {
    const answer = await client.call(name, page2);
    yield answer;
    const next = continued.parse(answer)[token];
    if (next === null) return;
    if (seen.has(next)) throw new Error(`${name} leads to a page that was read already`);
    seen.add(next);
    page2 = { ...input, [token]: next };
  }
}
async function* items(client, name, input) {
  const list = listOf(operationOf(client.api, name));
  if (!list) throw new Error(`${name} is no list`);
  const listed = z7.looseObject({ [list.items]: z7.array(z7.custom()) });
  for await (const answer of paginate(client, name, input)) yield* listed.parse(answer)[list.items] ?? [];
}

// index.js
var createConnectorFrameworkClient = (options) => createApiClient(connectorFrameworkApi, options);
export {
  ApiError,
  NoAnswerError,
  createConnectorFrameworkClient,
  items,
  paginate
};
