import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  type KeySchemaElement,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { block, blocks } from "./blocks.ts";
import { kind, type ResourceKinds } from "./resource.ts";

/** What a stack's resources make in DynamoDB. */
export const dynamodbKinds = (dynamodb: DynamoDBClient): ResourceKinds =>
  new Map([["aws_dynamodb_table", dynamodbTable(dynamodb)]]);

const schema = z.object({
  name: z.string(),
  hash_key: z.string(),
  range_key: z.string().optional(),
  attribute: blocks(z.strictObject({ name: z.string(), type: z.enum(["S", "N", "B"]) })),
  billing_mode: z.literal("PAY_PER_REQUEST", { error: "only on-demand tables are made on this machine" }),
  global_secondary_index: blocks(
    z.strictObject({
      name: z.string(),
      hash_key: z.string(),
      range_key: z.string().optional(),
      projection_type: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
      non_key_attributes: z.array(z.string()).optional(),
    }),
  ),
  stream_enabled: z.boolean().default(false),
  stream_view_type: z.enum(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]).optional(),
  ttl: block(z.strictObject({ attribute_name: z.string().optional(), enabled: z.boolean().default(true) })),
});

type Table = z.output<typeof schema>;

const inert = ["deletion_protection_enabled", "point_in_time_recovery", "server_side_encryption", "table_class"];

/** Seconds to wait for a table to become active. */
const activeWithin = 30;

const dynamodbTable = (dynamodb: DynamoDBClient) =>
  kind(schema, inert, async (table) => {
    const existing = await describe(table.name, dynamodb);
    const description = existing ? sameShape(table, existing) : await create(table, dynamodb);
    await expire(table, dynamodb);
    return {
      id: table.name,
      arn: description.TableArn,
      ...(description.LatestStreamArn && { stream_arn: description.LatestStreamArn }),
    };
  });

async function describe(name: string, dynamodb: DynamoDBClient): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(table: Table, dynamodb: DynamoDBClient): Promise<TableDescription> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: table.billing_mode,
      KeySchema: keySchema(table),
      AttributeDefinitions: table.attribute.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      ...(table.global_secondary_index.length > 0 && {
        GlobalSecondaryIndexes: table.global_secondary_index.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index),
          Projection: {
            ProjectionType: index.projection_type,
            ...(index.non_key_attributes && { NonKeyAttributes: index.non_key_attributes }),
          },
        })),
      }),
      ...(table.stream_enabled && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream_view_type },
      }),
    }),
  );
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: activeWithin, minDelay: 0.1, maxDelay: 1 },
    { TableName: table.name },
  );
  const description = await describe(table.name, dynamodb);
  if (!description) throw new Error(`table ${table.name} was made and is not there`);
  return description;
}

/** Turns expiry on, off, or to another attribute, as the stack says. */
async function expire({ name, ttl }: Table, dynamodb: DynamoDBClient): Promise<void> {
  const { TimeToLiveDescription: now } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }));
  const current = now?.TimeToLiveStatus === "ENABLED" ? now.AttributeName : undefined;
  const wanted = ttl?.enabled ? ttl.attribute_name : undefined;
  const set = (Enabled: boolean, AttributeName: string) =>
    dynamodb.send(
      new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { Enabled, AttributeName } }),
    );
  if (current !== undefined && current !== wanted) await set(false, current);
  if (wanted !== undefined && current !== wanted) await set(true, wanted);
}

/** A table kept from an earlier run must still be the one the stack describes: nothing here is changed behind its data. */
function sameShape(table: Table, existing: TableDescription): TableDescription {
  const wanted = shape(
    keySchema(table),
    table.attribute.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    table.global_secondary_index.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: index.projection_type },
    })),
    table.stream_enabled ? table.stream_view_type : undefined,
  );
  const found = shape(
    existing.KeySchema ?? [],
    existing.AttributeDefinitions ?? [],
    existing.GlobalSecondaryIndexes ?? [],
    existing.StreamSpecification?.StreamEnabled ? existing.StreamSpecification.StreamViewType : undefined,
  );
  if (wanted !== found)
    throw new Error(
      `table ${table.name} on disk has other keys, indexes or stream than the stack now says: start with --fresh to make it anew`,
    );
  return existing;
}

function shape(
  keys: KeySchemaElement[],
  attributes: AttributeDefinition[],
  indexes: Pick<GlobalSecondaryIndexDescription, "IndexName" | "KeySchema" | "Projection">[],
  stream: string | undefined,
): string {
  const keyText = (key: KeySchemaElement[] = []) => key.map((k) => `${k.KeyType}=${k.AttributeName}`).sort();
  return JSON.stringify({
    keys: keyText(keys),
    attributes: attributes.map((a) => `${a.AttributeName}:${a.AttributeType}`).sort(),
    indexes: indexes
      .map((index) => [index.IndexName, index.Projection?.ProjectionType, ...keyText(index.KeySchema)].join(" "))
      .sort(),
    stream: stream ?? "none",
  });
}

const keySchema = ({ hash_key, range_key }: Pick<Table, "hash_key" | "range_key">): KeySchemaElement[] => [
  { AttributeName: hash_key, KeyType: "HASH" },
  ...(range_key ? [{ AttributeName: range_key, KeyType: "RANGE" as const }] : []),
];
