import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type KeySchemaElement,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { createConnectorFrameworkTables, tables } from "../../helpers/connector-framework-tables.ts";
import { startTestDynamoDb } from "../../helpers/dynamodb.ts";
import { project } from "../../helpers/stage-process.ts";

const folder = mkdtempSync(join(tmpdir(), "armature-tables-"));
let dynamoDb: Awaited<ReturnType<typeof startTestDynamoDb>>;
let client: DynamoDBClient;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  client = new DynamoDBClient({});
  await createConnectorFrameworkTables();
});
afterAll(async () => {
  client.destroy();
  await dynamoDb.stop();
  rmSync(folder, { recursive: true });
});

const keys = { hash_key: z.string(), range_key: z.string().optional() };
const synthesizedTable = z.object({
  ...keys,
  name: z.string(),
  attribute: z.array(z.object({ name: z.string(), type: z.string() })),
  global_secondary_index: z
    .array(
      z.object({
        ...keys,
        name: z.string(),
        projection_type: z.string(),
        non_key_attributes: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  stream_view_type: z.string().optional(),
  ttl: z.object({ attribute_name: z.string(), enabled: z.literal(true) }).optional(),
});
type TableShape = Omit<z.output<typeof synthesizedTable>, "name">;

/** The tables of the local stage's stack, by the last word of their names. */
function synthesizedTables(): Map<string, TableShape> {
  const node = join(project, "node_modules/.bin/node");
  const run = (script: string) =>
    execFileSync(node, [script], { cwd: project, env: { ...process.env, STAGE: "local", CDKTF_OUTDIR: folder } });
  run("handlers/build.ts");
  run("main.ts");
  const json = readFileSync(join(folder, "stacks/local-connector-framework/cdk.tf.json"), "utf8");
  const stack = z.object({ resource: z.object({ aws_dynamodb_table: z.record(z.string(), synthesizedTable) }) });
  const found = Object.values(stack.parse(JSON.parse(json)).resource.aws_dynamodb_table);
  return new Map(found.map(({ name, ...shape }) => [name.split("-").at(-1) ?? "", shape]));
}

const keyOf = (schema: readonly KeySchemaElement[] = []) => {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const range_key = named("RANGE");
  return { hash_key: named("HASH") ?? "", ...(range_key !== undefined && { range_key }) };
};

/** A table as the tests have it, in the stack's words. */
async function tableInTests(TableName: string): Promise<TableShape> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const view = table?.StreamSpecification?.StreamViewType;
  return {
    ...keyOf(table?.KeySchema),
    attribute: (table?.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => ({
      name: AttributeName ?? "",
      type: AttributeType ?? "",
    })),
    global_secondary_index: (table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
      ...keyOf(KeySchema),
      name: IndexName ?? "",
      projection_type: Projection?.ProjectionType ?? "",
      ...(Projection?.NonKeyAttributes && { non_key_attributes: Projection.NonKeyAttributes }),
    })),
    ...(view !== undefined && { stream_view_type: view }),
    ...(ttl?.AttributeName !== undefined && { ttl: { attribute_name: ttl.AttributeName, enabled: true as const } }),
  };
}

const sorted = ({ attribute, global_secondary_index, ...shape }: TableShape): TableShape => ({
  ...shape,
  attribute: attribute.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  global_secondary_index: global_secondary_index.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

test("the tables of these tests have the keys, indexes, stream and expiry of the stack's", async () => {
  const stack = synthesizedTables();
  expect([...stack.keys()].sort()).toEqual(Object.values(tables).toSorted());
  for (const [name, shape] of stack)
    expect({ name, ...sorted(await tableInTests(name)) }).toEqual({ name, ...sorted(shape) });
});
