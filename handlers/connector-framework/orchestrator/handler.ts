import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import * as z from "zod";
import type { JobRef } from "../model/keys.ts";
import { advance, type Dependencies } from "./advance.ts";

/** Of a record only the key is read: what to do is decided by the row as it is now. */
const jobRecord = z.object({
  dynamodb: z.object({
    Keys: z.object({ custom_connector_arn_prefix: z.object({ S: z.string() }), job_id: z.object({ S: z.string() }) }),
  }),
});

/**
 * Advances the job of each record of the jobs table's stream, one after the other, and reports those that failed: the
 * stream delivers from the first of them again.
 */
export function orchestrator(
  deps: Omit<Dependencies, "remainingMilliseconds">,
): (event: DynamoDBStreamEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<DynamoDBBatchResponse> {
  async function carryOut(record: DynamoDBRecord, remainingMilliseconds: () => number): Promise<void> {
    const ref = jobOf(record);
    deps.logger.appendKeys({ job_id: ref.jobId, tenant: ref.tenant });
    try {
      await advance(ref, { ...deps, remainingMilliseconds });
    } catch (error) {
      deps.logger.error("not done: delivered again", { error });
      throw error;
    } finally {
      deps.logger.resetKeys();
    }
  }

  return async (event, context) => {
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    return processPartialResponse(
      event,
      (record: DynamoDBRecord) => carryOut(record, remainingMilliseconds),
      new BatchProcessor(EventType.DynamoDBStreams),
      { processInParallel: false, throwOnFullBatchFailure: false },
    );
  };
}

function jobOf(record: DynamoDBRecord): JobRef {
  const { custom_connector_arn_prefix, job_id } = jobRecord.parse(record).dynamodb.Keys;
  return { tenant: custom_connector_arn_prefix.S, jobId: job_id.S };
}
