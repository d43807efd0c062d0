import type { Examples } from "../../runtime/api/description.ts";
import type { connectorFrameworkApi } from "./api.ts";

const connector_id = "cc-0f1e2d3c4b5a";
const job_id = "ccj-5a4b3c2d1e0f";
const account = "111111111111";

const connector = {
  connector_id,
  arn: `arn:aws:ccf:eu-central-1:${account}:custom-connector/${connector_id}`,
  name: "team-wiki",
  created_at: "2026-01-05T08:30:00.000Z",
  updated_at: "2026-01-05T08:30:00.000Z",
  status: "AVAILABLE",
  description: "Copies the team's wiki",
} as const;

const containerProperties = {
  image_uri: `${account}.dkr.ecr.eu-central-1.amazonaws.com/team-wiki:1.4.0`,
  execution_role_arn: `arn:aws:iam::${account}:role/connectors/team-wiki-execution`,
  job_role_arn: `arn:aws:iam::${account}:role/connectors/team-wiki-job`,
  resource_requirements: { cpu: 0.5, memory: 1024 },
  timeout: 1800,
};

const startedJob = { job_id, connector_id, status: "STARTED", created_at: "2026-01-06T06:00:00.000Z" } as const;

const endedJob = {
  ...startedJob,
  status: "SUCCEEDED",
  updated_at: "2026-01-06T06:04:11.000Z",
  started_at: "2026-01-06T06:00:42.000Z",
  completed_at: "2026-01-06T06:04:10.000Z",
  exit_code: 0,
  attempts: 1,
  batch_job_id: "0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f",
  log_stream_name: `${connector_id}/default/0123456789abcdef0123456789abcdef`,
} as const;

const settings = { schedule_expression: "cron(0 6 ? * MON-FRI *)", timezone: "Europe/Berlin" };
const schedule = { connector_id, ...settings, state: "ENABLED" as const, environment: [] };

const checkpoint_data = { last_page: "2026-01-06T06:00:00Z", pages: 412 };
const checksum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const next_token = "Zm9yIHRoZSBuZXh0IHBhZ2U";

/** A call of each operation and its answer, for the reference and for clients' documents. */
export const connectorFrameworkExamples: Examples<typeof connectorFrameworkApi> = {
  CreateCustomConnector: {
    input: {
      name: connector.name,
      description: connector.description,
      container_properties: containerProperties,
    },
    answer: { connector },
  },
  ListCustomConnectors: {
    input: { max_results: 20 },
    answer: { connectors: [connector], next_token: null },
  },
  GetCustomConnector: {
    input: { connector_id },
    answer: {
      connector: {
        ...connector,
        container_properties: {
          ...containerProperties,
          attempts: 1,
          capacity: "ON_DEMAND",
          cpu_architecture: "X86_64",
          secrets: [],
        },
        current_job_id: null,
      },
    },
  },
  UpdateCustomConnector: {
    input: { connector_id, container_properties: { timeout: 3600 } },
    answer: { connector: { ...connector, updated_at: "2026-01-05T09:00:00.000Z" } },
  },
  DeleteCustomConnector: { input: { connector_id }, answer: undefined },
  ReleaseCustomConnector: { input: { connector_id }, answer: { connector } },
  StartCustomConnectorJob: {
    input: { connector_id, environment: [{ name: "SPACE", value: "engineering" }] },
    answer: { job: startedJob },
  },
  GetCustomConnectorJob: { input: { connector_id, job_id }, answer: { job: endedJob } },
  ListCustomConnectorJobs: {
    input: { connector_id, max_results: 1, status: "SUCCEEDED" },
    answer: { jobs: [endedJob], next_token },
  },
  StopCustomConnectorJob: { input: { connector_id, job_id }, answer: undefined },
  PutCustomConnectorSchedule: { input: { connector_id, ...settings }, answer: { schedule } },
  GetCustomConnectorSchedule: { input: { connector_id }, answer: { schedule } },
  DeleteCustomConnectorSchedule: { input: { connector_id }, answer: undefined },
  PauseCustomConnectorSchedule: { input: { connector_id }, answer: { schedule: { ...schedule, state: "PAUSED" } } },
  ResumeCustomConnectorSchedule: { input: { connector_id }, answer: { schedule } },
  PutCustomConnectorCheckpoint: { input: { connector_id, checkpoint_data }, answer: undefined },
  GetCustomConnectorCheckpoint: {
    input: { connector_id },
    answer: {
      checkpoint: {
        connector_id,
        checkpoint_data,
        created_at: "2026-01-06T06:04:00.000Z",
        updated_at: "2026-01-06T06:04:00.000Z",
      },
    },
  },
  DeleteCustomConnectorCheckpoint: { input: { connector_id }, answer: undefined },
  BatchPutCustomConnectorDocuments: {
    input: { connector_id, documents: [{ document_id: "handbook/on-call.md", checksum }] },
    answer: undefined,
  },
  BatchDeleteCustomConnectorDocuments: {
    input: { connector_id, document_ids: ["handbook/on-call.md"] },
    answer: undefined,
  },
  ListCustomConnectorDocuments: {
    input: { connector_id },
    answer: {
      documents: [
        {
          document_id: "handbook/on-call.md",
          checksum,
          created_at: "2026-01-06T06:03:00.000Z",
          updated_at: "2026-01-06T06:03:00.000Z",
        },
      ],
      next_token: null,
    },
  },
};
