import type { ConnectorRef } from "../model/keys.ts";

/**
 * The name of a connector's schedule in its group: `<accountId>-<connector_id>`. A group is of one region.
 *
 * @throws Error when the tenant's name is none
 */
export function scheduleName({ tenant, connectorId }: ConnectorRef): string {
  const account = /^arn:aws:ccf:[a-z0-9-]+:(\d{12})$/.exec(tenant)?.[1];
  if (account === undefined) throw new Error(`not a tenant: ${tenant}`);
  return `${account}-${connectorId}`;
}
