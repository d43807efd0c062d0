import {
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";

/** Names of the connector framework's tables in a test. */
export const tables = { connectors: "connectors", jobs: "jobs", documents: "documents" } as const;

const key = (partition: string, sort?: string): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: "HASH" },
  ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: "RANGE" as const }]),
];

const strings = (...names: string[]) => names.map((name) => ({ AttributeName: name, AttributeType: "S" as const }));

/** Creates the tables as the stack does; a test holds the two to each other. */
export async function createConnectorFrameworkTables(): Promise<void> {
  const client = new DynamoDBClient({});
  const onDemand = { BillingMode: "PAY_PER_REQUEST" } as const;
  await client.send(
    new CreateTableCommand({
      ...onDemand,
      TableName: tables.connectors,
      AttributeDefinitions: strings("custom_connector_arn_prefix", "connector_id"),
      KeySchema: key("custom_connector_arn_prefix", "connector_id"),
    }),
  );
  await client.send(
    new CreateTableCommand({
      ...onDemand,
      TableName: tables.jobs,
      AttributeDefinitions: strings("custom_connector_arn_prefix", "job_id", "connector_arn", "created_at"),
      KeySchema: key("custom_connector_arn_prefix", "job_id"),
      GlobalSecondaryIndexes: [
        {
          IndexName: "ByConnector",
          KeySchema: key("connector_arn", "created_at"),
          Projection: { ProjectionType: "ALL" },
        },
        { IndexName: "ByJobId", KeySchema: key("job_id"), Projection: { ProjectionType: "KEYS_ONLY" } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  const timeToLive = { AttributeName: "ttl", Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tables.jobs, TimeToLiveSpecification: timeToLive }));
  await client.send(
    new CreateTableCommand({
      ...onDemand,
      TableName: tables.documents,
      AttributeDefinitions: strings("connector_arn", "document_id"),
      KeySchema: key("connector_arn", "document_id"),
    }),
  );
  client.destroy();
}
