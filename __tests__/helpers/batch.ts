import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchClient, CreateComputeEnvironmentCommand, CreateJobQueueCommand } from "@aws-sdk/client-batch";
import type { LocalCommand } from "../../local/services/batch/image.ts";
import { startBatch } from "../../local/services/batch/start-batch.ts";

/** The local stage's Batch with one queue, made the endpoint of every Batch client this process creates later. */
export async function startTestBatch(
  images: ReadonlyMap<string, LocalCommand>,
  publish: (event: unknown) => Promise<void>,
): Promise<{ readonly queue: string; stop(): Promise<void> }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "armature-batch-"));
  const service = await startBatch({
    dataDirectory,
    region: "eu-central-1",
    accountId: "000000000000",
    images,
    baseEnvironment: {},
    publish,
    killAfterSeconds: 1,
    log: () => undefined,
  });
  process.env.AWS_ENDPOINT_URL_BATCH = service.endpoint;
  const client = new BatchClient({});
  const { computeEnvironmentArn } = await client.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: "place",
      type: "MANAGED",
      computeResources: { type: "FARGATE", maxvCpus: 16, subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
    }),
  );
  const { jobQueueArn } = await client.send(
    new CreateJobQueueCommand({
      jobQueueName: "queue",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    }),
  );
  client.destroy();
  return {
    queue: jobQueueArn ?? "",
    async stop() {
      await service.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}
