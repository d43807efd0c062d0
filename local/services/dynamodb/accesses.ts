import * as z from "zod";
import type { Access } from "../../iam/access.ts";
import type { Context } from "./context.ts";
import { readShardIterator } from "./shard-iterator.ts";

const onTable = z.object({ TableName: z.string() });
const onIndex = onTable.extend({ IndexName: z.string().optional() });
const onResource = z.object({ ResourceArn: z.string() });
const onStream = z.object({ StreamArn: z.string() });
const onTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const onShard = z.object({ ShardIterator: z.string() });
const transaction = z.object({
  TransactItems: z.array(
    z.object({ Get: onTable, ConditionCheck: onTable, Put: onTable, Update: onTable, Delete: onTable }).partial(),
  ),
});

/** The action each part of a transaction needs (AWS: "Using IAM with DynamoDB transactions"). */
const transactionActions = [
  ["Get", "GetItem"],
  ["ConditionCheck", "ConditionCheckItem"],
  ["Put", "PutItem"],
  ["Update", "UpdateItem"],
  ["Delete", "DeleteItem"],
] as const;

type Resources = (body: unknown, arns: Arns) => readonly Pick<Access, "action" | "resource">[] | undefined;

interface Arns {
  table(nameOrArn: string): string;
  readonly now: number;
}

const on =
  <S extends z.ZodType>(schema: S, resources: (body: z.output<S>, arns: Arns) => readonly string[]) =>
  (action: string): Resources =>
  (body, arns) => {
    const parsed = schema.safeParse(body);
    return parsed.success ? resources(parsed.data, arns).map((resource) => ({ action, resource })) : undefined;
  };

const ofTable = on(onTable, ({ TableName }, { table }) => [table(TableName)]);
const ofTables = on(onTables, ({ RequestItems }, { table }) => Object.keys(RequestItems).map(table));
/** Of an index, when there is one: the table itself then matters not. */
const ofIndex = on(onIndex, ({ TableName, IndexName }, { table }) => [
  IndexName === undefined ? table(TableName) : `${table(TableName)}/index/${IndexName}`,
]);
const ofResource = on(onResource, ({ ResourceArn }) => [ResourceArn]);
const ofStream = on(onStream, ({ StreamArn }) => [StreamArn]);
const ofShard = on(onShard, ({ ShardIterator }, { now }) => [readShardIterator(ShardIterator, now).streamArn]);
/** Without resource-level permission, whichever table it asks about. */
const ofStreams = on(z.unknown(), () => ["*"]);
const ofTransaction =
  (): Resources =>
  (body, { table }) => {
    const parsed = transaction.safeParse(body);
    return parsed.data?.TransactItems.flatMap((item) =>
      transactionActions.flatMap(([part, action]) => {
        const target = item[part];
        return target === undefined ? [] : [{ action, resource: table(target.TableName) }];
      }),
    );
  };

/** Service Authorization Reference: "Actions, resources, and condition keys for Amazon DynamoDB". */
const byOperation: Readonly<Record<string, (operation: string) => Resources>> = {
  "DynamoDB_20120810.BatchGetItem": ofTables,
  "DynamoDB_20120810.BatchWriteItem": ofTables,
  "DynamoDB_20120810.ListTagsOfResource": ofResource,
  "DynamoDB_20120810.Query": ofIndex,
  "DynamoDB_20120810.Scan": ofIndex,
  "DynamoDB_20120810.TagResource": ofResource,
  "DynamoDB_20120810.TransactGetItems": ofTransaction,
  "DynamoDB_20120810.TransactWriteItems": ofTransaction,
  "DynamoDB_20120810.UntagResource": ofResource,
  "DynamoDBStreams_20120810.DescribeStream": ofStream,
  "DynamoDBStreams_20120810.GetRecords": ofShard,
  "DynamoDBStreams_20120810.GetShardIterator": ofStream,
  "DynamoDBStreams_20120810.ListStreams": ofStreams,
};

/**
 * What a request needs to be allowed. One that names no table needs its action on everything.
 * @param target as in the `X-Amz-Target` header
 * @throws ServiceError for a shard iterator that is none, or too old
 */
export function accessesOf(target: string, body: unknown, { region, accountId, clock }: Context): Access[] {
  const [, operation = ""] = target.split(".");
  const arns: Arns = {
    table: (name) => (name.startsWith("arn:") ? name : `arn:aws:dynamodb:${region}:${accountId}:table/${name}`),
    now: clock(),
  };
  const found = (byOperation[target] ?? ofTable)(operation)(body, arns) ?? [];
  const accesses = found.map(({ action, resource }) => ({ action: `dynamodb:${action}`, resource }));
  return accesses.length > 0 ? accesses : [{ action: `dynamodb:${operation}`, resource: "*" }];
}
