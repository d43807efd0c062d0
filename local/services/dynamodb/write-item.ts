import type { Context } from "./context.ts";
import { type CheckedRequest, check, checkedRowKey, run } from "./dynalite.ts";
import { dynaliteStore } from "./dynalite-store.ts";
import { conditionalCheckFailed, ServiceError } from "./errors.ts";
import { itemKey } from "./keyspace.ts";
import { primaryKey } from "./table-row.ts";
import { existingTable } from "./tables.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** PutItem, UpdateItem or DeleteItem, with `ReturnValuesOnConditionCheckFailure`, which dynalite lacks. */
export async function writeItem(
  operation: "PutItem" | "UpdateItem" | "DeleteItem",
  unit: UnitOfWork,
  body: object,
  context: Context,
): Promise<object> {
  const store = dynaliteStore(unit, context);
  const request = check(operation, body, store);
  try {
    return await run(operation, store, request);
  } catch (error) {
    const failed = error instanceof ServiceError && error.name === "ConditionalCheckFailedException";
    if (!failed || request.ReturnValuesOnConditionCheckFailure !== "ALL_OLD") throw error;
    throw conditionalCheckFailed(existingItem(unit, request));
  }
}

function existingItem(unit: UnitOfWork, request: CheckedRequest): unknown {
  const table = existingTable(unit, request.TableName);
  const key = request.Item ? primaryKey(request.Item, table) : (request.Key ?? {});
  return unit.get(itemKey(table.TableName, checkedRowKey(key, table)));
}
