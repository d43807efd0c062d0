import * as z from "zod";
import { storedConnector } from "../../../handlers/connector-framework/model/connector.ts";
import { isFinal, type Job, storedJob } from "../../../handlers/connector-framework/model/job.ts";
import { deletionPrefix, isConnectorId } from "../../../handlers/connector-framework/model/keys.ts";
import type { Item } from "../../../local/services/dynamodb/attribute-value.ts";
import { tables } from "../connector-framework-tables.ts";
import type { Change, MemoryDynamoDb } from "./dynamodb/memory-dynamodb.ts";
import { plain } from "./dynamodb/plain.ts";

const usage = z.object({ connectors: z.number().default(0), jobs: z.number().default(0) });

/** Reads items of one kind. An item never changes, a write makes a new one: each is read once. */
function reader<Schema extends z.ZodType>(schema: Schema): (item: Item) => z.output<Schema> {
  const known = new WeakMap<Item, z.output<Schema>>();
  return (item) => {
    const read = known.get(item) ?? schema.parse(plain(item));
    known.set(item, read);
    return read;
  };
}

const jobIn = reader(storedJob);
const connectorIn = reader(storedConnector);
const usageIn = reader(usage);

/** What is stored, read as the handlers read it. */
export function stored(dynamoDb: Pick<MemoryDynamoDb, "items">) {
  const items = dynamoDb.items(tables.connectors);
  const idOf = ({ connector_id }: Item) => connector_id?.S ?? "";
  return {
    jobs: dynamoDb.items(tables.jobs).map(jobIn),
    connectors: items.filter((item) => isConnectorId(idOf(item))).map(connectorIn),
    usage: usageIn(items.find((item) => idOf(item) === "usage") ?? {}),
    deletions: items.map(idOf).filter((id) => id.startsWith(deletionPrefix)),
  };
}

export type Stored = ReturnType<typeof stored>;

const isOpen = ({ status }: Job) => !isFinal(status);

/** What the framework promises at every moment, whatever happens: the promises that do not hold. */
export function brokenPromises({ jobs, connectors, usage }: Stored): string[] {
  const open = jobs.filter(isOpen);
  const broken: string[] = [];
  const promise = (holds: boolean, what: string) => {
    if (!holds) broken.push(what);
  };
  for (const { connector_id, current_job_id, status } of connectors) {
    const own = open.filter((job) => job.connector_id === connector_id).map(({ job_id }) => job_id);
    promise(own.length <= 1, `${connector_id} has more than one job that has not ended: ${own}`);
    promise(own[0] === current_job_id, `${connector_id} is held by ${current_job_id}, and its open job is ${own[0]}`);
    promise(
      (status === "IN_USE") === (current_job_id !== undefined),
      `${connector_id} is ${status}, held by ${current_job_id}`,
    );
  }
  for (const { job_id, connector_id } of open)
    promise(
      connectors.some((known) => known.connector_id === connector_id),
      `${job_id} has not ended, and its connector is gone`,
    );
  for (const job of jobs)
    promise(
      isOpen(job) === (job.open_since !== undefined),
      `${job.job_id} is ${job.status}, open since ${job.open_since}`,
    );
  promise(usage.jobs === open.length, `${usage.jobs} jobs are counted, and ${open.length} have not ended`);
  promise(usage.connectors === connectors.length, `${usage.connectors} connectors are counted of ${connectors.length}`);
  return broken;
}

const endOf = ({ status, completed_at, failure_reason, exit_code, ttl }: Job) =>
  JSON.stringify({ status, completed_at, failure_reason, exit_code, ttl });

/** An end stands: nothing of it changes any more. */
export function brokenEnd({ table, before, after }: Change): string[] {
  if (table !== tables.jobs || !before) return [];
  const ended = jobIn(before);
  if (isOpen(ended)) return after ? [] : [`${ended.job_id} is gone before it ended`];
  if (!after) return [];
  const now = jobIn(after);
  // Which Batch job was submitted for it may be found out after its end; which one it is, not twice.
  if (ended.batch_job_id !== undefined && now.batch_job_id !== ended.batch_job_id)
    return [`${ended.job_id} was carried out by ${ended.batch_job_id}, and is now by ${now.batch_job_id}`];
  return endOf(now) === endOf(ended) ? [] : [`${ended.job_id} had ended: ${endOf(ended)}, and changed: ${endOf(now)}`];
}
