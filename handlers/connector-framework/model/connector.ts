import * as z from "zod";
import { capacities, connectorDefaults, connectorStatuses, cpuArchitectures } from "../contract/schemas.ts";

/** A connector as it is stored. Members are the item's attributes; the checkpoint is an item of its own. */
export const storedConnector = z.object({
  custom_connector_arn_prefix: z.string(),
  connector_id: z.string(),
  arn: z.string(),
  name: z.string(),
  description: z.string().optional(),
  container_properties: z.object({
    execution_role_arn: z.string(),
    image_uri: z.string(),
    job_role_arn: z.string(),
    resource_requirements: z.object({ cpu: z.number(), memory: z.int() }),
    timeout: z.int(),
    // What follows came later: a connector from before has the defaults.
    attempts: z.int().default(connectorDefaults.attempts),
    capacity: z.enum(capacities).default(connectorDefaults.capacity),
    cpu_architecture: z.enum(cpuArchitectures).default(connectorDefaults.cpuArchitecture),
    ephemeral_storage: z.int().optional(),
    log_stream_prefix: z.string().optional(),
    secrets: z.array(z.object({ name: z.string(), value_from: z.string() })).default([]),
  }),
  status: z.enum(connectorStatuses),
  current_job_id: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
  /** Grows with every update a client makes, so that two of them do not overwrite each other. */
  version: z.int(),
});

export type Connector = z.output<typeof storedConnector>;
export type ContainerProperties = Connector["container_properties"];
