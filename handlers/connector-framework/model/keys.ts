/**
 * The tables' keys and the names they are made of, built and read here only.
 *
 * A tenant is an AWS account in a region, written `arn:aws:ccf:<region>:<accountId>`. The partition is `aws` everywhere:
 * clients know these names.
 */
export const tenantOf = (region: string, accountId: string): string => `arn:aws:ccf:${region}:${accountId}`;

/**
 * The region in a tenant's name.
 *
 * @throws Error when it is no tenant's name
 */
export function regionOf(tenant: string): string {
  const region = /^arn:aws:ccf:([a-z0-9-]+):\d{12}$/.exec(tenant)?.[1];
  if (region === undefined) throw new Error(`not a tenant: ${tenant}`);
  return region;
}

/** Names one connector among all. */
export interface ConnectorRef {
  readonly tenant: string;
  readonly connectorId: string;
}

/** Names one job among all. */
export interface JobRef {
  readonly tenant: string;
  readonly jobId: string;
}

/** What a connector's id begins with; a checkpoint's sort key begins otherwise, so a list of one skips the other. */
export const connectorIdPrefix = "cc-";

export const isConnectorId = (id: string): boolean => /^cc-[0-9a-f]{12}$/.test(id);
export const isJobId = (id: string): boolean => /^ccj-[0-9a-f]{12}$/.test(id);

export const connectorArn = ({ tenant, connectorId }: ConnectorRef): string =>
  `${tenant}:custom-connector/${connectorId}`;

/** Connectors table. */
export const connectorKey = ({ tenant, connectorId }: ConnectorRef) => ({
  custom_connector_arn_prefix: tenant,
  connector_id: connectorId,
});

/** Connectors table: an item of its own, so that no one who reads a connector reads its checkpoint. */
export const checkpointKey = ({ tenant, connectorId }: ConnectorRef) => ({
  custom_connector_arn_prefix: tenant,
  connector_id: `checkpoint#${connectorId}`,
});

/** Connectors table: how many connectors a tenant has and how many of its jobs have not ended. */
export const usageKey = (tenant: string) => ({ custom_connector_arn_prefix: tenant, connector_id: "usage" });

/** What the sort key of a deletion begins with. */
export const deletionPrefix = "deletion#";

/** Connectors table: a connector that is gone, and whose jobs, documents and schedule are to follow. */
export const deletionKey = ({ tenant, connectorId }: ConnectorRef) => ({
  custom_connector_arn_prefix: tenant,
  connector_id: `${deletionPrefix}${connectorId}`,
});

/** Jobs table. */
export const jobKey = ({ tenant, jobId }: JobRef) => ({ custom_connector_arn_prefix: tenant, job_id: jobId });

/** Documents table. */
export const documentKey = (connector: ConnectorRef, documentId: string) => ({
  connector_arn: connectorArn(connector),
  document_id: documentId,
});

/** Indexes of the jobs table. `Open` holds only the jobs that have not ended. */
export const jobIndexes = { byConnector: "ByConnector", byJobId: "ByJobId", open: "Open" } as const;

/** Indexes of the connectors table. `InUse` holds only the connectors that a job holds, `Deletions` only what is to be deleted. */
export const connectorIndexes = { inUse: "InUse", deletions: "Deletions" } as const;
