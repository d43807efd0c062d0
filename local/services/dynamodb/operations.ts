import type { Context } from "./context.ts";
import { describeContinuousBackups, updateContinuousBackups } from "./continuous-backups.ts";
import { check, type OperationName, run } from "./dynalite.ts";
import { dynaliteStore } from "./dynalite-store.ts";
import { describeStream, getRecords, getShardIterator, listStreams } from "./stream-reader.ts";
import { createTable, deleteTable, updateTable } from "./tables.ts";
import { describeTimeToLive, updateTimeToLive } from "./time-to-live.ts";
import { transactGetItems, transactWriteItems } from "./transactions.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { writeItem } from "./write-item.ts";

type Handler = (unit: UnitOfWork, body: object, context: Context) => object | Promise<object>;

/** An operation; an exclusive one runs alone, and what it writes is committed before it is answered. */
export interface Operation {
  readonly handle: Handler;
  readonly exclusive: boolean;
}

const shared = (handle: Handler): Operation => ({ handle, exclusive: false });
const exclusive = (handle: Handler): Operation => ({ handle, exclusive: true });

/** What dynalite does right is left to it. */
function byDynalite(name: OperationName): Handler {
  return (unit, body, context) => {
    const store = dynaliteStore(unit, context);
    return run(name, store, check(name, body, store));
  };
}

/** Every operation there is, by the `X-Amz-Target` header. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ...service("DynamoDB_20120810", {
    BatchGetItem: shared(byDynalite("BatchGetItem")),
    BatchWriteItem: exclusive(byDynalite("BatchWriteItem")),
    CreateTable: exclusive(createTable),
    DeleteItem: exclusive((unit, body, context) => writeItem("DeleteItem", unit, body, context)),
    DeleteTable: exclusive(deleteTable),
    DescribeContinuousBackups: shared(describeContinuousBackups),
    DescribeTable: shared(byDynalite("DescribeTable")),
    DescribeTimeToLive: shared(describeTimeToLive),
    GetItem: shared(byDynalite("GetItem")),
    ListTables: shared(byDynalite("ListTables")),
    ListTagsOfResource: shared(byDynalite("ListTagsOfResource")),
    PutItem: exclusive((unit, body, context) => writeItem("PutItem", unit, body, context)),
    Query: shared(byDynalite("Query")),
    Scan: shared(byDynalite("Scan")),
    TagResource: exclusive(byDynalite("TagResource")),
    TransactGetItems: exclusive(transactGetItems),
    TransactWriteItems: exclusive(transactWriteItems),
    UntagResource: exclusive(byDynalite("UntagResource")),
    UpdateContinuousBackups: exclusive(updateContinuousBackups),
    UpdateItem: exclusive((unit, body, context) => writeItem("UpdateItem", unit, body, context)),
    UpdateTable: exclusive(updateTable),
    UpdateTimeToLive: exclusive(updateTimeToLive),
  }),
  ...service("DynamoDBStreams_20120810", {
    DescribeStream: shared(describeStream),
    GetRecords: shared(getRecords),
    GetShardIterator: shared(getShardIterator),
    ListStreams: shared(listStreams),
  }),
]);

function service(name: string, handlers: Readonly<Record<string, Operation>>): [string, Operation][] {
  return Object.entries(handlers).map(([operation, handler]) => [`${name}.${operation}`, handler]);
}
