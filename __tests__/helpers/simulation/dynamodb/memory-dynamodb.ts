import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { type Item, sameItem } from "../../../../local/services/dynamodb/attribute-value.ts";
import { satisfies } from "../../../../local/services/dynamodb/condition.ts";
import { refused, WireError } from "../wire-error.ts";
import { expressionReader } from "./expressions.ts";
import { type Requests, requests } from "./requests.ts";
import { compareKeys, keyOf, project, type Rows, type Table, table } from "./table.ts";

/** What a write or a transaction did to one item. */
export interface Change {
  readonly table: string;
  readonly hasStream: boolean;
  readonly keys: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface MemoryDynamoDbOptions {
  readonly tables: readonly CreateTableCommandInput[];
  readonly now: () => number;
  /** Milliseconds until a change is seen by an eventually consistent read or in an index, asked for each. @default 0 */
  readonly lag?: () => number;
  /** Hears of what was changed, of all that one request did at once; a write that leaves an item as it was is no change. */
  readonly onCommit?: (changes: readonly Change[]) => void;
}

/** How long a transaction's token is remembered (Amazon DynamoDB API: TransactWriteItems). */
const tokenLifetime = 10 * 60 * 1000;

interface Write {
  readonly table: Table;
  readonly key: Item;
  readonly after: Item | undefined;
}

type Conditional = Requests["DeleteItem"] | Requests["PutItem"] | Requests["UpdateItem"];

/**
 * DynamoDB in memory, for tests that make millions of calls: what the connector framework's stores ask of it, held to the
 * local stage's DynamoDB by a test. Whatever else is asked it refuses.
 */
export function memoryDynamoDb({ tables, now, lag = () => 0, onCommit = () => undefined }: MemoryDynamoDbOptions) {
  const byName = new Map<string, Table>();
  for (const definition of tables) {
    const made = table(definition, now, lag);
    byName.set(made.name, made);
  }
  const tokens = new Map<string, { readonly at: number; readonly items: string }>();
  const tableNamed = (name: string): Table => {
    const found = byName.get(name);
    if (!found) throw new WireError(400, "ResourceNotFoundException", "Requested resource not found");
    return found;
  };

  function commit(writes: readonly Write[]): void {
    const changes = writes.map(({ table, key, after }) => ({
      table: table.name,
      hasStream: table.hasStream,
      keys: key,
      before: table.get(key, true),
      after,
    }));
    for (const { table, key, after } of writes) table.write(key, after);
    onCommit(changes.filter(({ before, after }) => !sameItem(before, after)));
  }

  /** What a write would do. @throws WireError when its condition does not hold */
  function prepare(request: Conditional): Write {
    const table = tableNamed(request.TableName);
    const key = keyOf("Item" in request ? request.Item : request.Key, table.keys);
    const before = table.get(key, true);
    const reader = expressionReader(request);
    const condition =
      request.ConditionExpression === undefined ? undefined : reader.condition(request.ConditionExpression);
    const update = "UpdateExpression" in request ? reader.update(request.UpdateExpression, before ?? {}) : undefined;
    reader.refuseUnused();
    if (condition && !satisfies(condition, before ?? {})) {
      const old = request.ReturnValuesOnConditionCheckFailure === "ALL_OLD" && before ? { Item: before } : {};
      throw new WireError(400, "ConditionalCheckFailedException", "The conditional request failed", old);
    }
    if ("Item" in request) return { table, key, after: request.Item };
    if (!update) return { table, key, after: undefined };
    const after = { ...key, ...before };
    for (const [name, value] of update) {
      if (table.keys.includes(name)) refused(`Cannot update attribute ${name}. This attribute is part of the key`);
      if (value === undefined) delete after[name];
      else after[name] = value;
    }
    return { table, key, after };
  }

  function transact({ TransactItems, ClientRequestToken }: Requests["TransactWriteItems"]): object {
    const items = JSON.stringify(TransactItems);
    const earlier = ClientRequestToken === undefined ? undefined : tokens.get(ClientRequestToken);
    if (earlier && now() - earlier.at < tokenLifetime) {
      if (earlier.items === items) return {};
      const message = "The request uses the same client token as a previous, but non-identical request.";
      throw new WireError(400, "IdempotentParameterMismatchException", message);
    }
    const writes: Write[] = [];
    const touched = new Set<string>();
    const reasons = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
      const request = Put ?? Update ?? Delete ?? ConditionCheck ?? refused("An action is missing");
      const table = tableNamed(request.TableName);
      const target = JSON.stringify([table.name, keyOf("Item" in request ? request.Item : request.Key, table.keys)]);
      if (touched.has(target)) refused("Transaction request cannot include multiple operations on one item");
      touched.add(target);
      try {
        const write = prepare(request);
        if (!ConditionCheck) writes.push(write);
        return { Code: "None" };
      } catch (error) {
        if (!(error instanceof WireError) || error.type !== "ConditionalCheckFailedException") throw error;
        return { Code: "ConditionalCheckFailed", Message: error.message, ...error.members };
      }
    });
    if (reasons.some(({ Code }) => Code !== "None")) throw canceled(reasons);
    if (ClientRequestToken !== undefined) tokens.set(ClientRequestToken, { at: now(), items });
    commit(writes);
    return {};
  }

  function read(request: Requests["Query"] | Requests["Scan"]): object {
    const { TableName, IndexName, Limit = Number.POSITIVE_INFINITY, ExclusiveStartKey, ConsistentRead } = request;
    const table = tableNamed(TableName);
    const rows: Rows = IndexName === undefined ? table : table.index(IndexName);
    const reader = expressionReader(request);
    const ofKey = "KeyConditionExpression" in request ? reader.condition(request.KeyConditionExpression) : undefined;
    const filter = request.FilterExpression === undefined ? undefined : reader.condition(request.FilterExpression);
    const projection = projectionOf(request, reader);
    reader.refuseUnused();
    const direction = "ScanIndexForward" in request && !request.ScanIndexForward ? -1 : 1;
    const order = (a: Item, b: Item) => direction * compareKeys(a, b, rows.order);
    const found = rows
      .items(ConsistentRead)
      .filter((item) => !ofKey || satisfies(ofKey, item))
      .filter((item) => !ExclusiveStartKey || order(item, ExclusiveStartKey) > 0)
      .sort(order);
    const page = found.slice(0, Limit);
    const items = page.filter((item) => !filter || satisfies(filter, item));
    const last = page.length === Limit ? page.at(-1) : undefined;
    return {
      Items: items.map((item) => project(item, projection)),
      Count: items.length,
      ScannedCount: page.length,
      ...(last && { LastEvaluatedKey: keyOf(last, [...new Set([...rows.keys, ...table.keys])]) }),
    };
  }

  const operations: { readonly [Name in keyof Requests]: (request: Requests[Name]) => object } = {
    GetItem(request) {
      const table = tableNamed(request.TableName);
      const reader = expressionReader(request);
      const projection = projectionOf(request, reader);
      reader.refuseUnused();
      const item = table.get(keyOf(request.Key, table.keys), request.ConsistentRead);
      return item ? { Item: project(item, projection) } : {};
    },
    PutItem(request) {
      commit([prepare(request)]);
      return {};
    },
    UpdateItem(request) {
      const write = prepare(request);
      commit([write]);
      return request.ReturnValues === "ALL_NEW" ? { Attributes: write.after } : {};
    },
    DeleteItem(request) {
      commit([prepare(request)]);
      return {};
    },
    Query: read,
    Scan: read,
    BatchGetItem({ RequestItems }) {
      const answers = Object.entries(RequestItems).map(([name, request]) => {
        const table = tableNamed(name);
        const projection = projectionOf(request, expressionReader(request));
        const found = request.Keys.map((key) => table.get(keyOf(key, table.keys), request.ConsistentRead));
        const items = found.filter((item) => item !== undefined);
        return [name, items.map((item) => project(item, projection))];
      });
      return { Responses: Object.fromEntries(answers), UnprocessedKeys: {} };
    },
    BatchWriteItem({ RequestItems }) {
      // Not one transaction: each of them is a change by itself.
      for (const [TableName, writes] of Object.entries(RequestItems))
        for (const { PutRequest, DeleteRequest } of writes)
          commit([prepare(PutRequest ? { TableName, ...PutRequest } : { TableName, Key: DeleteRequest?.Key ?? {} })]);
      return { UnprocessedItems: {} };
    },
    TransactWriteItems: transact,
  };

  return {
    /** @throws WireError as DynamoDB would answer; anything else when it is asked for what it does not know */
    call(operation: string, body: unknown): object {
      switch (operation) {
        case "GetItem":
          return operations.GetItem(requests.GetItem.parse(body));
        case "PutItem":
          return operations.PutItem(requests.PutItem.parse(body));
        case "UpdateItem":
          return operations.UpdateItem(requests.UpdateItem.parse(body));
        case "DeleteItem":
          return operations.DeleteItem(requests.DeleteItem.parse(body));
        case "Query":
          return operations.Query(requests.Query.parse(body));
        case "Scan":
          return operations.Scan(requests.Scan.parse(body));
        case "BatchGetItem":
          return operations.BatchGetItem(requests.BatchGetItem.parse(body));
        case "BatchWriteItem":
          return operations.BatchWriteItem(requests.BatchWriteItem.parse(body));
        case "TransactWriteItems":
          return operations.TransactWriteItems(requests.TransactWriteItems.parse(body));
        default:
          throw new Error(`${operation} is not known here`);
      }
    },
    /** A table's items as they are now. */
    items: (name: string): readonly Item[] => tableNamed(name).items(true),
  };
}

export type MemoryDynamoDb = ReturnType<typeof memoryDynamoDb>;

function projectionOf(
  { ProjectionExpression: text }: { readonly ProjectionExpression?: string | undefined },
  reader: ReturnType<typeof expressionReader>,
): ReadonlySet<string> | undefined {
  return text === undefined ? undefined : new Set(reader.projection(text));
}

function canceled(reasons: readonly object[]): WireError {
  const message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
  return new WireError(400, "TransactionCanceledException", message, {
    Message: message,
    CancellationReasons: reasons,
  });
}
