import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { startStreamMapping } from "../../event-sources/dynamodb/stream-mapping.ts";
import { dynamodbKinds } from "../../resources/dynamodb-table.ts";
import type { Connections, Service, ServiceHost } from "../service.ts";
import { startDynamoDb } from "./index.ts";

/** DynamoDB and its streams: embedded, or those of another server. Streams are read for the functions mapped to them, with their roles. */
export async function dynamodbModule(host: ServiceHost): Promise<Service> {
  const { region, accountId, iam: authority, data, log, shutdown } = host;
  const embedded = () => startDynamoDb({ dataDirectory: data.dynamodb, region, accountId, authority, log });
  const endpoint = host.awsEndpoint ?? shutdown.services.add(await embedded(), "DynamoDB").endpoint;
  return {
    endpointVariables: { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint },
    kinds: dynamodbKinds(new DynamoDBClient(host.client(endpoint))),
    connect: (connections) => mapStreams(connections, endpoint, host),
  };
}

async function mapStreams(
  { declarations, functionOf, sendToQueue }: Connections,
  endpoint: string,
  { client, data, log, shutdown }: ServiceHost,
): Promise<void> {
  for (const { id, functionArn, onFailureArn, ...mapping } of declarations.mappings) {
    const { running, declared } = functionOf(functionArn);
    const { credentials } = declared.spec;
    const started = await startStreamMapping({
      ...mapping,
      client: new DynamoDBStreamsClient(client(endpoint, credentials)),
      function: running,
      checkpointFile: join(data.checkpoints, `${id}.json`),
      ...(onFailureArn !== undefined && {
        onFailure: (record: object) => sendToQueue(onFailureArn, record, credentials),
      }),
      log,
    });
    shutdown.sources.add(started, id);
  }
}
