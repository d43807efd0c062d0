import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { transact } from "../../runtime/dynamodb/contention.ts";
import { conditionExpression, isBelow, isNew, isStill, updateExpression } from "../../runtime/dynamodb/expressions.ts";
import { conflict, limitExceeded } from "../../runtime/errors.ts";
import type { Job } from "../model/job.ts";
import { type ConnectorRef, connectorArn, connectorKey, isConnectorId, jobKey, usageKey } from "../model/keys.ts";
import { jobReader } from "./job-reader.ts";
import { noConnector } from "./not-found.ts";

export type JobStarter = ReturnType<typeof jobStarter>;

/** A job a client asks for. */
export interface NewJob {
  readonly connector: ConnectorRef;
  readonly jobId: string;
  readonly environment: Job["environment"];
}

export interface JobStarterOptions {
  readonly tables: { readonly connectors: string; readonly jobs: string };
  /** Jobs of a tenant that may run, or wait to run, at one time. */
  readonly quota: number;
}

/** How jobs begin. */
export function jobStarter(client: DynamoDBDocumentClient, { tables, quota }: JobStarterOptions) {
  const { find } = jobReader(client, tables.jobs);

  return {
    /**
     * Creates a job and gives it the connector, both or neither: of two starts at once one is refused.
     *
     * @throws RequestError `NotFound` when there is no such connector; `Conflict` when a job holds it; `LimitExceeded` when
     *   the tenant has as many jobs under way as it may
     */
    async start({ connector, jobId, environment }: NewJob, now: Date): Promise<Job> {
      const { tenant, connectorId } = connector;
      const time = now.toISOString();
      const job: Job = {
        ...jobKey({ tenant, jobId }),
        connector_id: connectorId,
        connector_arn: connectorArn(connector),
        status: "STARTED",
        environment,
        open_since: time,
        created_at: time,
        updated_at: time,
      };
      if (!isConnectorId(connectorId)) throw noConnector(connectorId);
      const hold = { set: { status: "IN_USE", current_job_id: jobId, updated_at: time } };
      const [failed] = await transact(client, [
        {
          Update: {
            TableName: tables.connectors,
            Key: connectorKey(connector),
            ...updateExpression(hold, isStill("status", "AVAILABLE")),
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Put: { TableName: tables.jobs, Item: job, ...conditionExpression(isNew("job_id")) } },
        {
          Update: {
            TableName: tables.connectors,
            Key: usageKey(tenant),
            ...updateExpression({ add: { jobs: 1 } }, isBelow("jobs", quota)),
          },
        },
      ]);
      if (!failed) return job;
      // A write whose answer was lost may have been sent anew: what stands in its way is then this very job.
      const standing = await find({ tenant, jobId });
      if (standing?.connector_arn === job.connector_arn && standing.created_at === time) return standing;
      if (failed.index === 0 && !failed.itemExists) throw noConnector(connectorId);
      if (failed.index === 0) throw conflict(`connector ${connectorId} is in use by a job`);
      if (failed.index === 2) throw limitExceeded(`${quota} jobs are under way already, which is the quota`);
      throw conflict(`job ${jobId} exists already: try again`);
    },
  };
}
