import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDynamoDb } from "../../local/services/dynamodb/index.ts";

/** The local stage's DynamoDB on an empty directory, made the endpoint of every client this process creates later. */
export async function startTestDynamoDb(): Promise<{ stop(): Promise<void> }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "armature-dynamodb-"));
  const service = await startDynamoDb({ dataDirectory, region: "eu-central-1", accountId: "000000000000" });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: service.endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  return {
    async stop() {
      await service.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}
