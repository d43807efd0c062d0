import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { listedJobAttributes } from "../../handlers/connector-framework/contract/job-attributes.ts";

/** Names of the connector framework's tables in a test. */
export const tables = { connectors: "connectors", jobs: "jobs", documents: "documents" } as const;

const key = (partition: string, sort?: string): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: "HASH" },
  ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: "RANGE" as const }]),
];

const strings = (...names: string[]) => names.map((name) => ({ AttributeName: name, AttributeType: "S" as const }));

const onDemand = { BillingMode: "PAY_PER_REQUEST" } as const;

/** The tables as the stack makes them; a test holds the two to each other. */
export const tableDefinitions: readonly CreateTableCommandInput[] = [
  {
    ...onDemand,
    TableName: tables.connectors,
    AttributeDefinitions: strings(
      "custom_connector_arn_prefix",
      "connector_id",
      "current_job_id",
      "deletion_requested_at",
    ),
    KeySchema: key("custom_connector_arn_prefix", "connector_id"),
    GlobalSecondaryIndexes: [
      { IndexName: "InUse", KeySchema: key("current_job_id"), Projection: { ProjectionType: "KEYS_ONLY" } },
      {
        IndexName: "Deletions",
        KeySchema: key("deletion_requested_at"),
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
  },
  {
    ...onDemand,
    TableName: tables.jobs,
    AttributeDefinitions: strings("custom_connector_arn_prefix", "job_id", "connector_arn", "created_at", "open_since"),
    KeySchema: key("custom_connector_arn_prefix", "job_id"),
    GlobalSecondaryIndexes: [
      {
        IndexName: "ByConnector",
        KeySchema: key("connector_arn", "created_at"),
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...listedJobAttributes] },
      },
      { IndexName: "ByJobId", KeySchema: key("job_id"), Projection: { ProjectionType: "KEYS_ONLY" } },
      { IndexName: "Open", KeySchema: key("open_since"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  },
  {
    ...onDemand,
    TableName: tables.documents,
    AttributeDefinitions: strings("connector_arn", "document_id"),
    KeySchema: key("connector_arn", "document_id"),
  },
];

/** Creates the tables. */
export async function createConnectorFrameworkTables(): Promise<void> {
  const client = new DynamoDBClient({});
  for (const definition of tableDefinitions) await client.send(new CreateTableCommand(definition));
  const timeToLive = { AttributeName: "ttl", Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tables.jobs, TimeToLiveSpecification: timeToLive }));
  client.destroy();
}
