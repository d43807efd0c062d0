import {
  type BatchClient,
  DeregisterJobDefinitionCommand,
  paginateDescribeJobDefinitions,
} from "@aws-sdk/client-batch";

/**
 * Retires every revision of a job's definition: a job that was submitted again has more than one. Repeating it does
 * nothing.
 */
export async function retireJobDefinitions(client: BatchClient, jobId: string): Promise<void> {
  const pages = paginateDescribeJobDefinitions({ client }, { jobDefinitionName: jobId, status: "ACTIVE" });
  for await (const { jobDefinitions = [] } of pages)
    for (const { jobDefinitionArn } of jobDefinitions)
      await client.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
}
