import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { type Job, storedJob } from "../model/job.ts";
import { isJobId, type JobRef, jobKey } from "../model/keys.ts";

export type JobReader = ReturnType<typeof jobReader>;

/** One job at a time, as everybody reads it: as it is now. */
export const jobReader = (client: DynamoDBDocumentClient, table: string) => ({
  async find(ref: JobRef): Promise<Job | undefined> {
    if (!isJobId(ref.jobId)) return undefined;
    const { Item: item } = await client.send(
      new GetCommand({ TableName: table, Key: jobKey(ref), ConsistentRead: true }),
    );
    return item && storedJob.parse(item);
  },
});
