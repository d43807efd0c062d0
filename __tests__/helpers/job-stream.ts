import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { orchestratedChanges } from "../../handlers/connector-framework/contract/job-stream.ts";
import { compilePattern } from "../../local/events/pattern/event-pattern.ts";
import { tables } from "./connector-framework-tables.ts";

const patterns = orchestratedChanges.map(compilePattern);

/** If the orchestrator is told of a change. */
export const isOrchestrated = (record: DynamoDBRecord): boolean => patterns.some((matches) => matches(record));

/** The jobs table's own stream, from its beginning. */
export async function openJobStream() {
  const tableClient = new DynamoDBClient({});
  const described = await tableClient.send(new DescribeTableCommand({ TableName: tables.jobs }));
  tableClient.destroy();
  const stream = described.Table?.LatestStreamArn;
  const client = new DynamoDBStreamsClient({ endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? "" });
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: stream }));
  const shard = { StreamArn: stream, ShardId: StreamDescription?.Shards?.[0]?.ShardId };
  const first = await client.send(new GetShardIteratorCommand({ ...shard, ShardIteratorType: "TRIM_HORIZON" }));
  let iterator = first.ShardIterator;

  return {
    /** The records since the last call, as Lambda would be given them. One call at a time. */
    async next(): Promise<readonly DynamoDBRecord[]> {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      iterator = NextShardIterator;
      const event: DynamoDBStreamEvent = JSON.parse(JSON.stringify({ Records }));
      return event.Records;
    },
    close: () => client.destroy(),
  };
}

export type JobStream = Awaited<ReturnType<typeof openJobStream>>;
