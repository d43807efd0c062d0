// Made from the description of the API by npm run build:clients: do not edit.

import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@aws-sdk/types";

export interface ConnectorSummary {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  arn: string;
  name: string;
  /** UTC, with milliseconds. */
  created_at: string;
  /** UTC, with milliseconds. */
  updated_at: string;
  status: "AVAILABLE" | "IN_USE";
  description: string | null;
}

export interface Connector {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  arn: string;
  name: string;
  /** UTC, with milliseconds. */
  created_at: string;
  /** UTC, with milliseconds. */
  updated_at: string;
  status: "AVAILABLE" | "IN_USE";
  description: string | null;
  container_properties: {
    execution_role_arn: string;
    image_uri: string;
    job_role_arn: string;
    resource_requirements: {
      cpu: number;
      memory: number;
    };
    timeout: number;
    attempts: number;
    capacity: "ON_DEMAND" | "SPOT";
    cpu_architecture: "X86_64" | "ARM64";
    ephemeral_storage?: number | undefined;
    log_stream_prefix?: string | undefined;
    secrets: {
      name: string;
      value_from: string;
    }[];
  };
  /** The job that holds the connector while it is IN_USE. */
  current_job_id: string | null;
}

export interface StartedJob {
  /** `ccj-` and 12 lower-case hex digits. 1 to 128 characters. */
  job_id: string;
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  status: "STARTED" | "RUNNING" | "STOPPING" | "STOPPED" | "FAILED" | "SUCCEEDED";
  /** UTC, with milliseconds. */
  created_at: string;
}

export interface Job {
  /** `ccj-` and 12 lower-case hex digits. 1 to 128 characters. */
  job_id: string;
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  status: "STARTED" | "RUNNING" | "STOPPING" | "STOPPED" | "FAILED" | "SUCCEEDED";
  /** UTC, with milliseconds. */
  created_at: string;
  /** UTC, with milliseconds. */
  updated_at: string;
  /** When the container began to run. */
  started_at?: string | undefined;
  /** UTC, with milliseconds. */
  completed_at?: string | undefined;
  /** At most 1024 characters. */
  failure_reason?: string | undefined;
  exit_code?: number | undefined;
  /** Times the container was tried. */
  attempts?: number | undefined;
  batch_job_id?: string | undefined;
  /** Stream in the log group of Batch jobs. */
  log_stream_name?: string | undefined;
}

export interface Schedule {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  schedule_expression: string;
  timezone: string;
  state: "ENABLED" | "PAUSED";
  environment: {
    name: string;
    value: string;
  }[];
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

export interface Checkpoint {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  checkpoint_data: string | { [name: string]: JsonValue };
  /** UTC, with milliseconds. */
  created_at: string;
  /** UTC, with milliseconds. */
  updated_at: string;
}

export interface Document {
  /** At most 1024 bytes of UTF-8. 1 to 512 characters. */
  document_id: string;
  checksum: string;
  /** When the document was first recorded. */
  created_at: string;
  /** UTC, with milliseconds. */
  updated_at: string;
}

export interface CreateCustomConnectorInput {
  /** 3 to 128 characters. Matches `^[a-zA-Z0-9-]+$`. */
  name: string;
  /** 3 to 1000 characters. */
  description?: string | null | undefined;
  container_properties: {
    /** Role that pulls the image and writes the log. 20 to 2048 characters. Matches `^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$`. */
    execution_role_arn: string;
    /** 20 to 2048 characters. Matches `^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/.+$`. */
    image_uri: string;
    /** Role the connector's own code has. 20 to 2048 characters. Matches `^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$`. */
    job_role_arn: string;
    /** A size that Fargate has (Amazon ECS: Task CPU and memory). Default: `{"cpu":1,"memory":2048}`. */
    resource_requirements?: {
      /** vCPUs of the Fargate task. 0.25 to 16. Default: `1`. */
      cpu?: number | undefined;
      /** MiB of the Fargate task. 512 to 122880. Default: `2048`. */
      memory?: number | undefined;
    } | undefined;
    /** Seconds an attempt may run; Batch takes no less than 60 (AWS Batch: Job timeouts). 60 to 604800. Default: `3600`. */
    timeout?: number | undefined;
    /** Times the container is tried until one attempt ends well (AWS Batch API: RetryStrategy). 1 to 10. Default: `1`. */
    attempts?: number | undefined;
    /** SPOT is cheaper, and may be taken back at two minutes' notice: give it more than one attempt. Default: `"ON_DEMAND"`. */
    capacity?: "ON_DEMAND" | "SPOT" | undefined;
    /** Default: `"X86_64"`. */
    cpu_architecture?: "X86_64" | "ARM64" | undefined;
    /** GiB of the task's disk; 20 when it is left out (AWS Batch API: EphemeralStorage). 21 to 200. */
    ephemeral_storage?: number | undefined;
    /** What the names of the jobs' log streams begin with; the connector's id when it is left out. 1 to 128 characters. Matches `^[\w./-]+$`. */
    log_stream_prefix?: string | undefined;
    /** Variables whose values the execution role reads when a container starts; no value is ever stored here. At most 20 items. Default: `[]`. */
    secrets?: {
      /** 1 to 128 characters. Matches `^[a-zA-Z][a-zA-Z0-9_]*$`. */
      name: string;
      /** At most 2048 characters. Matches `^arn:aws(-[a-z]+)*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w+=,.@/-]+(:[^:]*){0,3}|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+)$`. */
      value_from: string;
    }[] | undefined;
  };
}

export interface CreateCustomConnectorOutput {
  connector: ConnectorSummary;
}

export interface ListCustomConnectorsInput {
  /** Items a page holds at most. 1 to 100. Default: `50`. */
  max_results?: number | undefined;
  /** From the page before; none for the first. 1 to 5000 characters. */
  next_token?: string | undefined;
}

export interface ListCustomConnectorsOutput {
  connectors: ConnectorSummary[];
  /** Ask again with this for the next page; null on the last. */
  next_token: string | null;
}

export interface GetCustomConnectorInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface GetCustomConnectorOutput {
  connector: Connector;
}

export interface UpdateCustomConnectorInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** 3 to 128 characters. Matches `^[a-zA-Z0-9-]+$`. */
  name?: string | undefined;
  /** 3 to 1000 characters. */
  description?: string | null | undefined;
  container_properties?: {
    /** 20 to 2048 characters. Matches `^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$`. */
    execution_role_arn?: string | undefined;
    /** 20 to 2048 characters. Matches `^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/.+$`. */
    image_uri?: string | undefined;
    /** 20 to 2048 characters. Matches `^arn:aws(-[a-z]+)*:iam::\d{12}:role\/.+$`. */
    job_role_arn?: string | undefined;
    resource_requirements?: {
      /** vCPUs of the Fargate task. 0.25 to 16. */
      cpu?: number | undefined;
      /** MiB of the Fargate task. 512 to 122880. */
      memory?: number | undefined;
    } | undefined;
    /** Seconds an attempt may run; Batch takes no less than 60 (AWS Batch: Job timeouts). 60 to 604800. */
    timeout?: number | undefined;
    /** Times the container is tried until one attempt ends well (AWS Batch API: RetryStrategy). 1 to 10. */
    attempts?: number | undefined;
    capacity?: "ON_DEMAND" | "SPOT" | undefined;
    cpu_architecture?: "X86_64" | "ARM64" | undefined;
    /** Null goes back to 20 GiB. 21 to 200. */
    ephemeral_storage?: number | null | undefined;
    /** Null goes back to the connector's id. 1 to 128 characters. Matches `^[\w./-]+$`. */
    log_stream_prefix?: string | null | undefined;
    /** All of them: those left out are taken away. At most 20 items. */
    secrets?: {
      /** 1 to 128 characters. Matches `^[a-zA-Z][a-zA-Z0-9_]*$`. */
      name: string;
      /** At most 2048 characters. Matches `^arn:aws(-[a-z]+)*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w+=,.@/-]+(:[^:]*){0,3}|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+)$`. */
      value_from: string;
    }[] | undefined;
  } | undefined;
}

export interface UpdateCustomConnectorOutput {
  connector: ConnectorSummary;
}

export interface DeleteCustomConnectorInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export type DeleteCustomConnectorOutput = undefined;

export interface ReleaseCustomConnectorInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface ReleaseCustomConnectorOutput {
  connector: ConnectorSummary;
}

export interface StartCustomConnectorJobInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Variables of the container: each name once, at most 16384 bytes in all. At most 50 items. Default: `[]`. */
  environment?: {
    /** 1 to 128 characters. Matches `^[a-zA-Z][a-zA-Z0-9_]*$`. */
    name: string;
    /** At most 4096 characters. */
    value: string;
  }[] | undefined;
}

export interface StartCustomConnectorJobOutput {
  job: StartedJob;
}

export interface GetCustomConnectorJobInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** `ccj-` and 12 lower-case hex digits. 1 to 128 characters. */
  job_id: string;
}

export interface GetCustomConnectorJobOutput {
  job: Job;
}

export interface ListCustomConnectorJobsInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Items a page holds at most. 1 to 100. Default: `50`. */
  max_results?: number | undefined;
  /** From the page before; none for the first. 1 to 5000 characters. */
  next_token?: string | undefined;
  /** Only jobs that have this status. */
  status?: "STARTED" | "RUNNING" | "STOPPING" | "STOPPED" | "FAILED" | "SUCCEEDED" | undefined;
}

export interface ListCustomConnectorJobsOutput {
  jobs: Job[];
  /** Ask again with this for the next page; null on the last. */
  next_token: string | null;
}

export interface StopCustomConnectorJobInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** `ccj-` and 12 lower-case hex digits. 1 to 128 characters. */
  job_id: string;
}

export type StopCustomConnectorJobOutput = undefined;

export interface PutCustomConnectorScheduleInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** rate(1 hour), or cron(0 6 ? * MON-FRI *). At most 256 characters. Matches `^(rate\([1-9]\d{0,3} (minute|minutes|hour|hours|day|days)\)|cron\(\S+( \S+){5}\))$`. */
  schedule_expression: string;
  /** Time zone of a cron expression, from the IANA database: Europe/Berlin. 1 to 50 characters. Default: `"UTC"`. */
  timezone?: string | undefined;
  /** Default: `"ENABLED"`. */
  state?: "ENABLED" | "PAUSED" | undefined;
  /** Variables of the jobs it starts. At most 50 items. Default: `[]`. */
  environment?: {
    /** 1 to 128 characters. Matches `^[a-zA-Z][a-zA-Z0-9_]*$`. */
    name: string;
    /** At most 4096 characters. */
    value: string;
  }[] | undefined;
}

export interface PutCustomConnectorScheduleOutput {
  schedule: Schedule;
}

export interface GetCustomConnectorScheduleInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface GetCustomConnectorScheduleOutput {
  schedule: Schedule;
}

export interface DeleteCustomConnectorScheduleInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export type DeleteCustomConnectorScheduleOutput = undefined;

export interface PauseCustomConnectorScheduleInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface PauseCustomConnectorScheduleOutput {
  schedule: Schedule;
}

export interface ResumeCustomConnectorScheduleInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface ResumeCustomConnectorScheduleOutput {
  schedule: Schedule;
}

export interface PutCustomConnectorCheckpointInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Text or a JSON object of at most 390000 bytes; comes back as it was sent. Whole numbers that do not fit a double are sent as text. */
  checkpoint_data: string | { [name: string]: JsonValue };
}

export type PutCustomConnectorCheckpointOutput = undefined;

export interface GetCustomConnectorCheckpointInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export interface GetCustomConnectorCheckpointOutput {
  checkpoint: Checkpoint;
}

export interface DeleteCustomConnectorCheckpointInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
}

export type DeleteCustomConnectorCheckpointOutput = undefined;

export interface BatchPutCustomConnectorDocumentsInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Each document_id once. 1 to 100 items. */
  documents: {
    /** At most 1024 bytes of UTF-8. 1 to 512 characters. */
    document_id: string;
    /** 32 to 512 characters. */
    checksum: string;
  }[];
}

export type BatchPutCustomConnectorDocumentsOutput = undefined;

export interface BatchDeleteCustomConnectorDocumentsInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Ids that are not there are ignored, and so is one that comes twice. 1 to 50 items. Each: 1 to 512 characters. */
  document_ids: string[];
}

export type BatchDeleteCustomConnectorDocumentsOutput = undefined;

export interface ListCustomConnectorDocumentsInput {
  /** `cc-` and 12 lower-case hex digits. 1 to 128 characters. */
  connector_id: string;
  /** Items a page holds at most. 1 to 100. Default: `50`. */
  max_results?: number | undefined;
  /** From the page before; none for the first. 1 to 5000 characters. */
  next_token?: string | undefined;
}

export interface ListCustomConnectorDocumentsOutput {
  documents: Document[];
  /** Ask again with this for the next page; null on the last. */
  next_token: string | null;
}

/** The operations of the API: what each takes and what it answers. */
export interface Operations {
  /** Registers a connector. */
  CreateCustomConnector: { readonly input: CreateCustomConnectorInput; readonly output: CreateCustomConnectorOutput };
  /** Lists the account's connectors. */
  ListCustomConnectors: { readonly input: ListCustomConnectorsInput; readonly output: ListCustomConnectorsOutput };
  /** Describes a connector. */
  GetCustomConnector: { readonly input: GetCustomConnectorInput; readonly output: GetCustomConnectorOutput };
  /** Changes what it names and leaves the rest; a null description clears it. */
  UpdateCustomConnector: { readonly input: UpdateCustomConnectorInput; readonly output: UpdateCustomConnectorOutput };
  /** Removes a connector that no job holds, and its checkpoint; its jobs, documents and schedule follow within minutes. */
  DeleteCustomConnector: { readonly input: DeleteCustomConnectorInput; readonly output: DeleteCustomConnectorOutput };
  /** Frees a connector from a job that was stopped and does not end: the job is STOPPED at once, its container is told to end. */
  ReleaseCustomConnector: { readonly input: ReleaseCustomConnectorInput; readonly output: ReleaseCustomConnectorOutput };
  /** Starts a job; a connector runs one at a time. */
  StartCustomConnectorJob: { readonly input: StartCustomConnectorJobInput; readonly output: StartCustomConnectorJobOutput };
  /** Describes a job. */
  GetCustomConnectorJob: { readonly input: GetCustomConnectorJobInput; readonly output: GetCustomConnectorJobOutput };
  /** Lists a connector's jobs, newest first. */
  ListCustomConnectorJobs: { readonly input: ListCustomConnectorJobsInput; readonly output: ListCustomConnectorJobsOutput };
  /** Asks for a job's end; stopping a job that is stopping already changes nothing. */
  StopCustomConnectorJob: { readonly input: StopCustomConnectorJobInput; readonly output: StopCustomConnectorJobOutput };
  /** Has jobs started at set times, in place of the schedule before; a time at which a job still runs, or the account has as many jobs under way as it may, is skipped. */
  PutCustomConnectorSchedule: { readonly input: PutCustomConnectorScheduleInput; readonly output: PutCustomConnectorScheduleOutput };
  /** Reads the connector's schedule. */
  GetCustomConnectorSchedule: { readonly input: GetCustomConnectorScheduleInput; readonly output: GetCustomConnectorScheduleOutput };
  /** Has no more jobs started by themselves. */
  DeleteCustomConnectorSchedule: { readonly input: DeleteCustomConnectorScheduleInput; readonly output: DeleteCustomConnectorScheduleOutput };
  /** Holds the schedule until it is resumed; pausing a paused one changes nothing. */
  PauseCustomConnectorSchedule: { readonly input: PauseCustomConnectorScheduleInput; readonly output: PauseCustomConnectorScheduleOutput };
  /** Lets a paused schedule go on; times that passed meanwhile are not made up for. */
  ResumeCustomConnectorSchedule: { readonly input: ResumeCustomConnectorScheduleInput; readonly output: ResumeCustomConnectorScheduleOutput };
  /** Stores the connector's checkpoint. */
  PutCustomConnectorCheckpoint: { readonly input: PutCustomConnectorCheckpointInput; readonly output: PutCustomConnectorCheckpointOutput };
  /** Reads the connector's checkpoint. */
  GetCustomConnectorCheckpoint: { readonly input: GetCustomConnectorCheckpointInput; readonly output: GetCustomConnectorCheckpointOutput };
  /** Forgets the connector's checkpoint. */
  DeleteCustomConnectorCheckpoint: { readonly input: DeleteCustomConnectorCheckpointInput; readonly output: DeleteCustomConnectorCheckpointOutput };
  /** Records documents and their checksums. */
  BatchPutCustomConnectorDocuments: { readonly input: BatchPutCustomConnectorDocumentsInput; readonly output: BatchPutCustomConnectorDocumentsOutput };
  /** Forgets documents. */
  BatchDeleteCustomConnectorDocuments: { readonly input: BatchDeleteCustomConnectorDocumentsInput; readonly output: BatchDeleteCustomConnectorDocumentsOutput };
  /** Lists a connector's documents by id. */
  ListCustomConnectorDocuments: { readonly input: ListCustomConnectorDocumentsInput; readonly output: ListCustomConnectorDocumentsOutput };
}

export type OperationName = keyof Operations;

/** The operations that answer page by page, and what they list. */
export interface Lists {
  ListCustomConnectors: ConnectorSummary;
  ListCustomConnectorJobs: Job;
  ListCustomConnectorDocuments: Document;
}

/** Custom Connector Framework: Registers connectors, runs each as a job, keeps its checkpoint and the checksums of its documents. */
export interface ConnectorFrameworkClient {
  /**
   * Calls an operation with its flat input: members of path, query and body side by side.
   *
   * @throws ApiError when the API refuses; NoAnswerError when no attempt got an answer; Error when a member of the path
   *   is missing
   */
  call<Name extends OperationName>(name: Name, input: Operations[Name]["input"]): Promise<Operations[Name]["output"]>;
  /** Calls an operation with an input that nothing vouches for; the service checks it. Throws as `call` does. */
  callUnchecked(name: OperationName, input: object): Promise<unknown>;
}

export interface ClientOptions {
  /** URL of the API's stage, with or without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Milliseconds one attempt may take. @default 15000 */
  readonly timeoutMilliseconds?: number;
  /**
   * Further attempts, with exponential back-off and jitter. A POST is sent again only when the one before had no effect:
   * after 429, 503 or a connection refused; any other request also after another 5xx or no answer at all. @default 4
   */
  readonly retries?: number;
}

/** Makes a client that signs every request with AWS Signature Version 4. */
export function createConnectorFrameworkClient(options: ClientOptions): ConnectorFrameworkClient;

/** Calls a list until its last page, and yields every answer as it comes. The next page is asked for when it is wanted. */
export function paginate<Name extends keyof Lists>(
  client: ConnectorFrameworkClient,
  name: Name,
  input: Operations[Name]["input"],
): AsyncGenerator<Operations[Name]["output"], void, undefined>;

/** Calls a list until its last page, and yields every item. */
export function items<Name extends keyof Lists>(
  client: ConnectorFrameworkClient,
  name: Name,
  input: Operations[Name]["input"],
): AsyncGenerator<Lists[Name], void, undefined>;

/** The API's refusal. */
export class ApiError extends Error {
  readonly name: "ApiError";
  readonly status: number;
  /** The API's name for it, such as ConflictException. */
  readonly errorType: string | undefined;
  constructor(status: number, errorType: string | undefined, message: string);
}

/** The API did not answer, or not in time; `cause` says why. The request may have had its effect. */
export class NoAnswerError extends Error {
  readonly name: "NoAnswerError";
  /** If the request did not even leave: there was no connection for it. */
  readonly neverSent: boolean;
  constructor(origin: string, cause: unknown);
}
