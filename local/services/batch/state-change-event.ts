import { randomUUID } from "node:crypto";
import type { BatchStateChangeEvent, JobDetail } from "./model.ts";

/** The event Batch puts on the default event bus when a job's status has changed. `at`: epoch milliseconds. */
export function stateChangeEvent(
  detail: JobDetail,
  { region, accountId, at }: { region: string; accountId: string; at: number },
): BatchStateChangeEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Batch Job State Change",
    source: "aws.batch",
    account: accountId,
    time: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [detail.jobArn],
    detail: { ...detail, tags: { resourceArn: detail.jobArn, ...detail.tags } },
  };
}
