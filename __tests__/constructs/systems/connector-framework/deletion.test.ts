import { Deletion } from "../../../../constructs/systems/connector-framework/deletion.ts";
import { Schedules } from "../../../../constructs/systems/connector-framework/schedules.ts";
import { string, Table } from "../../../../constructs/table/index.ts";
import { deletionKey } from "../../../../handlers/connector-framework/model/keys.ts";
import { compileFilterCriteria } from "../../../../local/event-sources/filter-criteria.ts";
import { parsed, type Synthesized, synthesize } from "../../synth.ts";

let made: Synthesized;
beforeAll(() => {
  made = synthesize((stack) => {
    const keys = { partitionKey: string("tenant"), sortKey: string("id") };
    const connectors = new Table(stack, "Connectors", { ...keys, stream: "keys-only" });
    const jobs = new Table(stack, "Jobs", { ...keys, indexes: { ByConnector: { partitionKey: string("connector") } } });
    const documents = new Table(stack, "Documents", keys);
    const schedules = new Schedules(stack, "Schedules", { connectors, jobs, jobQuota: 5 });
    new Deletion(stack, "Deletion", { connectors, jobs, documents, schedules });
  });
});

function delivers(eventName: string, connector_id: string): boolean {
  const { filter_criteria } = made.one("aws_lambda_event_source_mapping");
  const patterns = Object(filter_criteria).filter.map(({ pattern }: { pattern: string }) => parsed(pattern));
  const Keys = { custom_connector_arn_prefix: { S: "tenant" }, connector_id: { S: connector_id } };
  return compileFilterCriteria(patterns)({ eventName, dynamodb: { Keys } });
}

test("the function is told of deletions that begin or go on, and of nothing else in the table", () => {
  const { connector_id } = deletionKey({ tenant: "tenant", connectorId: "cc-0123456789ab" });
  expect(delivers("INSERT", connector_id)).toBe(true);
  expect(delivers("MODIFY", connector_id)).toBe(true);
  expect(delivers("REMOVE", connector_id)).toBe(false);
  for (const other of ["cc-0123456789ab", "checkpoint#cc-0123456789ab", "usage"])
    expect(delivers("MODIFY", other)).toBe(false);
});

test("it deletes what it may delete, one connector in an invocation", () => {
  const rights = made.statements("Deletion_Function_Role_Use").map(({ Action }) => Action);
  expect(rights).toEqual([
    ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
    ["dynamodb:BatchWriteItem", "dynamodb:Query"],
    ["dynamodb:DeleteItem", "dynamodb:GetItem"],
  ]);
  expect(made.statements("Deletion_Function_Role_QueryByConnector")).toHaveLength(1);
  expect(made.statements("Deletion_Function_Role_DeleteFrom")).toHaveLength(1);
  expect(made.one("aws_lambda_event_source_mapping")).toMatchObject({ batch_size: 1, maximum_retry_attempts: 3 });
});
