import { createHash } from "node:crypto";
import { type ConnectorRef, connectorArn } from "../model/keys.ts";

/**
 * The id of the job that a connector's schedule starts at a time. The same each time it is asked, so that a request that
 * is delivered twice starts one job.
 */
export function scheduledJobId(connector: ConnectorRef, scheduledTime: string): string {
  const occasion = `${connectorArn(connector)} ${new Date(scheduledTime).toISOString()}`;
  return `ccj-${createHash("sha256").update(occasion).digest("hex").slice(0, 12)}`;
}
