import { Construct } from "constructs";
import { deletionChanges } from "../../../handlers/connector-framework/contract/deletion-stream.ts";
import { NodeFunction } from "../../function/index.ts";
import { DeadLetterQueue } from "../../queue/index.ts";
import type { StreamConsumer } from "../../stream-consumer/index.ts";
import type { Table } from "../../table/index.ts";
import type { Schedules } from "./schedules.ts";

export interface DeletionProps {
  /** Its stream tells of connectors that were removed. */
  readonly connectors: Table;
  readonly jobs: Table;
  readonly documents: Table;
  readonly schedules: Schedules;
}

/** What becomes of a removed connector's jobs, documents and schedule: a function deletes them, in as many invocations as it takes. */
export class Deletion extends Construct {
  readonly function: NodeFunction<"connector-framework/deletion">;
  readonly consumer: StreamConsumer;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { connectors, jobs, documents, schedules }: DeletionProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      meaning:
        "Deleting what removed connectors left behind failed. Each message says where in the connectors table's stream the removal is noted (DDBStreamBatchInfo). Mend what the function's log shows, then delete the messages: deletions that are not complete are carried on every few minutes.",
    });
    this.function = new NodeFunction(this, "Function", {
      handler: "connector-framework/deletion",
      description: "Deletes the jobs, documents and schedules of connectors that were removed",
      timeoutSeconds: 120,
      environment: {
        CONNECTORS_TABLE: connectors.name,
        JOBS_TABLE: jobs.name,
        DOCUMENTS_TABLE: documents.name,
        SCHEDULE_GROUP: schedules.group.name,
      },
    });
    connectors.grant(this.function, "DeleteItem", "GetItem", "UpdateItem");
    jobs.grant(this.function, "DeleteItem", "GetItem");
    jobs.grantQuery(this.function, "ByConnector");
    documents.grant(this.function, "BatchWriteItem", "Query");
    schedules.grantDelete(this.function);
    this.consumer = this.function.consume(connectors.stream, {
      only: deletionChanges,
      onFailure: this.deadLetters,
      // A large one takes many invocations, with others beside it. One that fails is soon noted as such and goes on later.
      batchSize: 1,
      parallelBatches: 10,
      maxRetries: 3,
      lagAlarmSeconds: 3600,
    });
  }
}
