import { createHash } from "node:crypto";
import * as z from "zod";
import type { Item } from "./attribute-value.ts";
import type { Context } from "./context.ts";
import { type CheckedRequest, check, checkedRowKey, itemSize, meetsCondition, run } from "./dynalite.ts";
import { dynaliteStore } from "./dynalite-store.ts";
import { conditionalCheckFailed, dynamoDbError, ServiceError, validationError } from "./errors.ts";
import { itemKey, tokenKey } from "./keyspace.ts";
import { parseRequest } from "./parse-request.ts";
import { primaryKey, type TableRow } from "./table-row.ts";
import { existingTable } from "./tables.ts";
import type { ItemChange, UnitOfWork } from "./unit-of-work.ts";

/** AWS: "TransactWriteItems" and "TransactGetItems": 100 actions, 4 MB in all. */
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** AWS: "TransactWriteItems": a client token is valid for 10 minutes after the request is finished. */
export const TOKEN_LIFETIME_MS = 10 * 60 * 1000;

/** Bytes of one write unit; a transaction uses two where a plain write uses one. */
const WRITE_UNIT_BYTES = 1024;

const target = {
  TableName: z.string(),
  ExpressionAttributeNames: z.unknown().optional(),
};
const conditional = {
  ...target,
  ConditionExpression: z.string().optional(),
  ExpressionAttributeValues: z.unknown().optional(),
  ReturnValuesOnConditionCheckFailure: z.string().optional(),
};
const writeAction = z
  .object({
    ConditionCheck: z.object({ ...conditional, Key: z.unknown(), ConditionExpression: z.string() }).optional(),
    Put: z.object({ ...conditional, Item: z.unknown() }).optional(),
    Delete: z.object({ ...conditional, Key: z.unknown() }).optional(),
    Update: z.object({ ...conditional, Key: z.unknown(), UpdateExpression: z.string() }).optional(),
  })
  .refine((action) => Object.values(action).filter((part) => part !== undefined).length === 1, {
    error: "TransactItems can only contain one of Check, Put, Update or Delete",
  });

function actionList<Action extends z.ZodType>(action: Action) {
  return z
    .array(action)
    .min(1, { error: "Member must have length greater than or equal to 1" })
    .max(MAX_ACTIONS, { error: `Member must have length less than or equal to ${MAX_ACTIONS}` });
}

const writeRequest = z.object({
  TransactItems: actionList(writeAction),
  ClientRequestToken: z.string().min(1).max(36).optional(),
  ReturnConsumedCapacity: z.enum(["INDEXES", "TOTAL", "NONE"]).optional(),
});

type Reason = { readonly Code: string; readonly Message?: string; readonly Item?: Item };

interface Action {
  readonly operation: "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheck";
  readonly request: CheckedRequest;
  readonly table: TableRow;
}

/**
 * Carries out all actions or none.
 * @throws ServiceError TransactionCanceledException with one reason for each action, in their order.
 */
export async function transactWriteItems(unit: UnitOfWork, body: unknown, context: Context): Promise<object> {
  const { TransactItems, ClientRequestToken, ReturnConsumedCapacity } = parseRequest(writeRequest, body);
  const actions = TransactItems.map((action) => checkAction(unit, action, context));
  refuseSameItemTwice(actions.map(({ request, table }) => ({ key: actionKey(request, table), table })));
  const done = () => consumed(ReturnConsumedCapacity, actions, unit.itemChanges());

  if (ClientRequestToken !== undefined) {
    const fingerprint = createHash("sha256").update(JSON.stringify(TransactItems)).digest("hex");
    const earlier = unit.get(tokenKey(ClientRequestToken));
    if (earlier && context.clock() - earlier.completedAt < TOKEN_LIFETIME_MS) {
      if (earlier.fingerprint === fingerprint) return done();
      throw dynamoDbError(
        "IdempotentParameterMismatchException",
        "The request uses the same client token as a previous, but non-identical request.",
      );
    }
    unit.put(tokenKey(ClientRequestToken), { fingerprint, completedAt: context.clock() });
  }

  const reasons: Reason[] = [];
  for (const action of actions) reasons.push(await attempt(unit, action, context));
  if (reasons.some(({ Code }) => Code !== "None")) throw canceled(reasons);
  if (sum(unit.itemChanges().map(({ after }) => (after ? itemSize(after) : 0))) > MAX_BYTES) {
    throw validationError("The aggregate size of the items in the transaction exceeds the limit of 4 MB");
  }
  return done();
}

const readRequest = z.object({
  TransactItems: actionList(
    z.object({ Get: z.object({ ...target, Key: z.unknown(), ProjectionExpression: z.string().optional() }) }),
  ),
  ReturnConsumedCapacity: z.enum(["INDEXES", "TOTAL", "NONE"]).optional(),
});

/** Reads all items as of one moment: it runs, like every write, on its own. */
export async function transactGetItems(unit: UnitOfWork, body: unknown, context: Context): Promise<object> {
  const { TransactItems, ReturnConsumedCapacity = "NONE" } = parseRequest(readRequest, body);
  const store = dynaliteStore(unit, context);
  const gets = TransactItems.map(({ Get }) => {
    const request = check("GetItem", { ...Get, ConsistentRead: true, ReturnConsumedCapacity }, store);
    return { request, table: existingTable(unit, request.TableName) };
  });
  refuseSameItemTwice(gets.map(({ request, table }) => ({ key: actionKey(request, table), table })));
  const results = [];
  for (const { request } of gets) results.push(getResult.parse(await run("GetItem", store, request)));
  return {
    Responses: results.map(({ Item }) => (Item ? { Item } : {})),
    ...capacity(
      ReturnConsumedCapacity,
      results.flatMap(({ ConsumedCapacity }) => ConsumedCapacity ?? []),
    ),
  };
}

const getResult = z.object({
  Item: z.unknown().optional(),
  ConsumedCapacity: z.object({ TableName: z.string(), CapacityUnits: z.number() }).optional(),
});

function checkAction(unit: UnitOfWork, action: z.infer<typeof writeAction>, context: Context): Action {
  const store = dynaliteStore(unit, context);
  const checked = (operation: "PutItem" | "UpdateItem" | "DeleteItem", part: object) => {
    const request = check(operation, part, store);
    return { operation, request, table: existingTable(unit, request.TableName) };
  };
  if (action.Put) return checked("PutItem", action.Put);
  if (action.Update) return checked("UpdateItem", action.Update);
  if (action.Delete) return checked("DeleteItem", action.Delete);
  return { ...checked("DeleteItem", action.ConditionCheck ?? {}), operation: "ConditionCheck" };
}

/** Carries out one action in the unit of work and says how it went. */
async function attempt(unit: UnitOfWork, action: Action, context: Context): Promise<Reason> {
  const { operation, request, table } = action;
  const key = actionKey(request, table);
  try {
    if (operation === "ConditionCheck") {
      const item = unit.get(itemKey(table.TableName, checkedRowKey(key, table)));
      if (!meetsCondition(request, item)) throw conditionalCheckFailed();
    } else {
      await run(operation, dynaliteStore(unit, context), request);
    }
    return { Code: "None" };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.name === "ConditionalCheckFailedException") {
      const item = unit.get(itemKey(table.TableName, checkedRowKey(key, table)));
      const wanted = request.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
      return { Code: "ConditionalCheckFailed", Message: error.message, ...(wanted && item && { Item: item }) };
    }
    if (error.name === "ValidationException") return { Code: "ValidationError", Message: error.message };
    throw error;
  }
}

function canceled(reasons: readonly Reason[]): ServiceError {
  const codes = reasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return dynamoDbError("TransactionCanceledException", message, { Message: message, CancellationReasons: reasons });
}

function actionKey(request: CheckedRequest, table: TableRow): Item {
  return request.Item ? primaryKey(request.Item, table) : (request.Key ?? {});
}

function refuseSameItemTwice(targets: readonly { readonly key: Item; readonly table: TableRow }[]): void {
  const seen = new Set<string>();
  for (const { key, table } of targets) {
    const id = `${table.TableName}~${identity(key, table)}`;
    if (seen.has(id)) throw validationError("Transaction request cannot include multiple operations on one item");
    seen.add(id);
  }
}

/** A key that is not the table's names no item; what is wrong with it is found when its turn comes. */
function identity(key: Item, table: TableRow): string {
  try {
    return checkedRowKey(key, table);
  } catch {
    return JSON.stringify(key);
  }
}

function consumed(detail: string | undefined, actions: readonly Action[], changes: readonly ItemChange[]): object {
  const written = changes.map(({ table, before, after }) => ({
    table,
    size: Math.max(...[before, after].map(bytesOf)),
  }));
  const checks = actions.filter(({ operation }) => operation === "ConditionCheck");
  return capacity(detail, [
    ...written.map(({ table, size }) => ({
      TableName: table,
      CapacityUnits: 2 * Math.max(1, Math.ceil(size / WRITE_UNIT_BYTES)),
    })),
    ...checks.map(({ table }) => ({ TableName: table.TableName, CapacityUnits: 2 })),
  ]);
}

function capacity(
  detail: string | undefined,
  parts: readonly { readonly TableName: string; readonly CapacityUnits: number }[],
): object {
  if (detail !== "TOTAL" && detail !== "INDEXES") return {};
  const units = new Map<string, number>();
  for (const { TableName, CapacityUnits } of parts) units.set(TableName, (units.get(TableName) ?? 0) + CapacityUnits);
  return {
    ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({
      TableName,
      CapacityUnits,
      ...(detail === "INDEXES" && { Table: { CapacityUnits } }),
    })),
  };
}

function bytesOf(item: Item | undefined): number {
  return item ? itemSize(item) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
