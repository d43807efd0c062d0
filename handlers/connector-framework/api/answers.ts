import type * as z from "zod";
import type * as schemas from "../contract/schemas.ts";
import type { Connector } from "../model/connector.ts";
import { type Job, type ListedJob, listedJob } from "../model/job.ts";

/** A connector as lists and changes tell it. */
export const connectorSummary = (connector: Connector): z.input<typeof schemas.connectorSummary> => ({
  connector_id: connector.connector_id,
  arn: connector.arn,
  name: connector.name,
  created_at: connector.created_at,
  updated_at: connector.updated_at,
  status: connector.status,
  description: connector.description ?? null,
});

/** All a client may know of a connector. */
export const connectorDescription = (connector: Connector): z.input<typeof schemas.connector> => ({
  ...connectorSummary(connector),
  container_properties: connector.container_properties,
  current_job_id: connector.current_job_id ?? null,
});

/** All a client may know of a job; its environment may hold secrets and stays inside. */
export function jobDescription(job: ListedJob): z.input<typeof schemas.job> {
  const { custom_connector_arn_prefix, connector_arn, ...known } = listedJob.parse(job);
  return known;
}

/** A job as its start tells it. */
export const jobStarted = ({ job_id, connector_id, status, created_at }: Job): z.input<typeof schemas.jobStarted> => ({
  job_id,
  connector_id,
  status,
  created_at,
});
