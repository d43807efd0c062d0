import * as z from "zod";
import { defineApi } from "../../runtime/api/description.ts";
import { nextToken, pageSize } from "../../runtime/api/paging.ts";
import { errorShape } from "./errors.ts";
import * as schemas from "./schemas.ts";

const connectors = "/api/v1/custom-connectors";
const ofConnector = `${connectors}/{connector_id}` as const;
const connectorParameters = z.object({ connector_id: schemas.connectorId });
const page = z.object({ max_results: pageSize({ maximum: 100, default: 50 }), next_token: nextToken });
const next_token = z.string().nullable().describe("Ask again with this for the next page; null on the last");

/** The control plane of the connector framework. Paths, names, statuses and id formats are a contract with clients. */
export const connectorFrameworkApi = defineApi({
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
      body: z.object({
        name: schemas.connectorName,
        description: schemas.connectorDescription.nullish(),
        container_properties: schemas.containerProperties,
      }),
      success: { status: 201, body: z.object({ connector: schemas.connectorSummary }) },
      errors: ["Conflict", "LimitExceeded"],
    },
    ListCustomConnectors: {
      method: "GET",
      path: connectors,
      summary: "Lists the account's connectors",
      query: page,
      success: { status: 200, body: z.object({ connectors: z.array(schemas.connectorSummary), next_token }) },
      errors: [],
    },
    GetCustomConnector: {
      method: "GET",
      path: ofConnector,
      summary: "Describes a connector",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ connector: schemas.connector }) },
      errors: ["NotFound"],
    },
    UpdateCustomConnector: {
      method: "PUT",
      path: ofConnector,
      summary: "Changes what it names and leaves the rest; a null description clears it",
      parameters: connectorParameters,
      body: z.object({
        name: schemas.connectorName.optional(),
        description: schemas.connectorDescription.nullable().optional(),
        container_properties: schemas.containerPropertiesChange.optional(),
      }),
      success: { status: 200, body: z.object({ connector: schemas.connectorSummary }) },
      errors: ["NotFound", "Conflict"],
    },
    DeleteCustomConnector: {
      method: "DELETE",
      path: ofConnector,
      summary:
        "Removes a connector that no job holds, and its checkpoint; its jobs, documents and schedule follow within minutes",
      parameters: connectorParameters,
      success: { status: 204 },
      errors: ["NotFound", "Conflict"],
    },
    ReleaseCustomConnector: {
      method: "POST",
      path: `${ofConnector}/release`,
      summary:
        "Frees a connector from a job that was stopped and does not end: the job is STOPPED at once, its container is told to end",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ connector: schemas.connectorSummary }) },
      errors: ["NotFound", "Conflict"],
    },
    StartCustomConnectorJob: {
      method: "POST",
      path: `${ofConnector}/jobs`,
      summary: "Starts a job; a connector runs one at a time",
      parameters: connectorParameters,
      body: z.object({ environment: schemas.jobEnvironment.default([]) }),
      success: { status: 201, body: z.object({ job: schemas.jobStarted }) },
      errors: ["NotFound", "Conflict", "LimitExceeded"],
    },
    GetCustomConnectorJob: {
      method: "GET",
      path: `${ofConnector}/jobs/{job_id}`,
      summary: "Describes a job",
      parameters: connectorParameters.extend({ job_id: schemas.jobId }),
      success: { status: 200, body: z.object({ job: schemas.job }) },
      errors: ["NotFound"],
    },
    ListCustomConnectorJobs: {
      method: "GET",
      path: `${ofConnector}/jobs`,
      summary: "Lists a connector's jobs, newest first",
      parameters: connectorParameters,
      query: page.extend({
        status: z
          .string()
          .trim()
          .transform((status) => (status === "" ? undefined : status))
          .pipe(z.enum(schemas.jobStatuses).optional())
          .optional()
          .meta({ enum: [...schemas.jobStatuses], description: "Only jobs that have this status" }),
      }),
      success: { status: 200, body: z.object({ jobs: z.array(schemas.job), next_token }) },
      errors: ["NotFound"],
    },
    StopCustomConnectorJob: {
      method: "POST",
      path: `${ofConnector}/jobs/{job_id}/stop`,
      summary: "Asks for a job's end; stopping a job that is stopping already changes nothing",
      parameters: connectorParameters.extend({ job_id: schemas.jobId }),
      success: { status: 202 },
      errors: ["NotFound", "Conflict"],
    },
    PutCustomConnectorSchedule: {
      method: "PUT",
      path: `${ofConnector}/schedule`,
      summary:
        "Has jobs started at set times, in place of the schedule before; a time at which a job still runs, or the account has as many jobs under way as it may, is skipped",
      parameters: connectorParameters,
      body: schemas.scheduleSettings,
      success: { status: 200, body: z.object({ schedule: schemas.schedule }) },
      errors: ["NotFound", "Conflict", "LimitExceeded"],
    },
    GetCustomConnectorSchedule: {
      method: "GET",
      path: `${ofConnector}/schedule`,
      summary: "Reads the connector's schedule",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ schedule: schemas.schedule }) },
      errors: ["NotFound"],
    },
    DeleteCustomConnectorSchedule: {
      method: "DELETE",
      path: `${ofConnector}/schedule`,
      summary: "Has no more jobs started by themselves",
      parameters: connectorParameters,
      success: { status: 204 },
      errors: ["NotFound", "Conflict"],
    },
    PauseCustomConnectorSchedule: {
      method: "POST",
      path: `${ofConnector}/schedule/pause`,
      summary: "Holds the schedule until it is resumed; pausing a paused one changes nothing",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ schedule: schemas.schedule }) },
      errors: ["NotFound", "Conflict"],
    },
    ResumeCustomConnectorSchedule: {
      method: "POST",
      path: `${ofConnector}/schedule/resume`,
      summary: "Lets a paused schedule go on; times that passed meanwhile are not made up for",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ schedule: schemas.schedule }) },
      errors: ["NotFound", "Conflict"],
    },
    PutCustomConnectorCheckpoint: {
      method: "PUT",
      path: `${ofConnector}/checkpoint`,
      summary: "Stores the connector's checkpoint",
      parameters: connectorParameters,
      body: z.object({ checkpoint_data: schemas.checkpointData }),
      success: { status: 202 },
      errors: ["NotFound"],
    },
    GetCustomConnectorCheckpoint: {
      method: "GET",
      path: `${ofConnector}/checkpoint`,
      summary: "Reads the connector's checkpoint",
      parameters: connectorParameters,
      success: { status: 200, body: z.object({ checkpoint: schemas.checkpoint }) },
      errors: ["NotFound"],
    },
    DeleteCustomConnectorCheckpoint: {
      method: "DELETE",
      path: `${ofConnector}/checkpoint`,
      summary: "Forgets the connector's checkpoint",
      parameters: connectorParameters,
      success: { status: 202 },
      errors: ["NotFound"],
    },
    BatchPutCustomConnectorDocuments: {
      method: "POST",
      path: `${ofConnector}/documents`,
      summary: "Records documents and their checksums",
      parameters: connectorParameters,
      body: z.object({ documents: schemas.documents }),
      success: { status: 202 },
      errors: ["NotFound"],
    },
    BatchDeleteCustomConnectorDocuments: {
      method: "DELETE",
      path: `${ofConnector}/documents`,
      summary: "Forgets documents",
      parameters: connectorParameters,
      body: z.object({ document_ids: schemas.documentIds }),
      success: { status: 202 },
      errors: ["NotFound"],
    },
    ListCustomConnectorDocuments: {
      method: "GET",
      path: `${ofConnector}/documents`,
      summary: "Lists a connector's documents by id",
      parameters: connectorParameters,
      query: page,
      success: { status: 200, body: z.object({ documents: z.array(schemas.document), next_token }) },
      errors: ["NotFound"],
    },
  },
});
