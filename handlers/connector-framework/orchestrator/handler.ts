import * as z from "zod";
import { tableStreamHandler } from "../../runtime/table-stream.ts";
import type { JobRef } from "../model/keys.ts";
import { advance, type Dependencies } from "./advance.ts";

const jobRecord = z.object({
  dynamodb: z.object({
    Keys: z.object({ custom_connector_arn_prefix: z.object({ S: z.string() }), job_id: z.object({ S: z.string() }) }),
  }),
});

/** Advances the job of each record of the jobs table's stream. */
export const orchestrator = (deps: Omit<Dependencies, "remainingMilliseconds">) =>
  tableStreamHandler<JobRef>({
    refOf(record) {
      const { custom_connector_arn_prefix, job_id } = jobRecord.parse(record).dynamodb.Keys;
      return { tenant: custom_connector_arn_prefix.S, jobId: job_id.S };
    },
    keysOf: ({ tenant, jobId }) => ({ tenant, job_id: jobId }),
    act: (ref, time) => advance(ref, { ...deps, ...time }),
    logger: deps.logger,
  });
