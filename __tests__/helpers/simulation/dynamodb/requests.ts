import * as z from "zod";
import type { AttributeValue, Item } from "../../../../local/services/dynamodb/attribute-value.ts";

// What the stores send, and no more: a member that is not here would be passed over in silence.
const item = z.custom<Item>((value) => typeof value === "object" && value !== null);
const value = z.custom<Record<string, AttributeValue>>((value) => typeof value === "object" && value !== null);
const names = z.record(z.string(), z.string()).optional();
const expression = z.string().min(1).optional();

const target = { TableName: z.string(), ExpressionAttributeNames: names };
const conditional = {
  ...target,
  ConditionExpression: expression,
  ExpressionAttributeValues: value.optional(),
  ReturnValuesOnConditionCheckFailure: z.enum(["ALL_OLD", "NONE"]).optional(),
};

const get = z.strictObject({
  ...target,
  Key: item,
  ConsistentRead: z.boolean().default(false),
  ProjectionExpression: expression,
});
const put = { ...conditional, Item: item };
const change = { ...conditional, Key: item };
const update = { ...change, UpdateExpression: z.string().min(1) };
const none = z.literal("NONE").optional();

const read = {
  ...target,
  IndexName: z.string().optional(),
  ExpressionAttributeValues: value.optional(),
  FilterExpression: expression,
  ProjectionExpression: expression,
  Limit: z.int().min(1).optional(),
  ExclusiveStartKey: item.optional(),
  ConsistentRead: z.boolean().default(false),
};

const keys = z.array(item).min(1).max(100);
const batchWrite = z.strictObject({
  PutRequest: z.strictObject({ Item: item }).optional(),
  DeleteRequest: z.strictObject({ Key: item }).optional(),
});

export const requests = {
  GetItem: get,
  PutItem: z.strictObject({ ...put, ReturnValues: none }),
  UpdateItem: z.strictObject({ ...update, ReturnValues: z.enum(["NONE", "ALL_NEW"]).optional() }),
  DeleteItem: z.strictObject({ ...change, ReturnValues: none }),
  Query: z.strictObject({
    ...read,
    KeyConditionExpression: z.string().min(1),
    ScanIndexForward: z.boolean().default(true),
  }),
  Scan: z.strictObject(read),
  BatchGetItem: z.strictObject({
    RequestItems: z.record(
      z.string(),
      z.strictObject({
        Keys: keys,
        ExpressionAttributeNames: names,
        ProjectionExpression: expression,
        ConsistentRead: z.boolean().default(false),
      }),
    ),
  }),
  BatchWriteItem: z.strictObject({ RequestItems: z.record(z.string(), z.array(batchWrite).min(1).max(25)) }),
  TransactWriteItems: z.strictObject({
    TransactItems: z
      .array(
        z.strictObject({
          ConditionCheck: z.strictObject(change).optional(),
          Put: z.strictObject(put).optional(),
          Update: z.strictObject(update).optional(),
          Delete: z.strictObject(change).optional(),
        }),
      )
      .min(1)
      .max(100),
    ClientRequestToken: z.string().min(1).max(36).optional(),
  }),
};

export type Requests = { readonly [Name in keyof typeof requests]: z.output<(typeof requests)[Name]> };
