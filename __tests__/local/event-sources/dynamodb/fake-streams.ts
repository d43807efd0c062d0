import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";

type Wire = Record<string, unknown>;
interface FakeShard {
  readonly id: string;
  readonly parent?: string;
  readonly records: { sequence: number; wire: Wire }[];
  ended: boolean;
  trimmed: number;
}

export const streamArn = "arn:aws:dynamodb:eu-west-1:000000000000:table/jobs/stream/2026-11-21T00:00:00.000";

/** A stand-in for Amazon's DynamoDB Streams on the wire (AWS JSON 1.0), with the faults a test asks for. */
export async function startFakeStreams() {
  const shards: FakeShard[] = [];
  let iteratorAge = 0;
  let sequence = 100;
  let refusals = 0;
  const calls: string[] = [];

  const fault = (name: string) => Object.assign(new Error(name), { name });
  const find = (id: unknown) => {
    const shard = shards.find((candidate) => candidate.id === id);
    if (!shard) throw fault("ResourceNotFoundException");
    return shard;
  };
  const operations: Record<string, (input: Wire) => Wire> = {
    DescribeStream: ({ ExclusiveStartShardId }) => {
      // Two shards a page, so that paging is exercised.
      const from = shards.findIndex((shard) => shard.id === ExclusiveStartShardId) + 1;
      const page = shards.slice(from, from + 2);
      return {
        StreamDescription: {
          StreamArn: streamArn,
          StreamStatus: "ENABLED",
          Shards: page.map((shard) => ({
            ShardId: shard.id,
            ParentShardId: shard.parent,
            SequenceNumberRange: {
              StartingSequenceNumber: "1",
              ...(shard.ended && { EndingSequenceNumber: "999999" }),
            },
          })),
          ...(from + 2 < shards.length && { LastEvaluatedShardId: page.at(-1)?.id }),
        },
      };
    },
    GetShardIterator: ({ ShardId, ShardIteratorType, SequenceNumber }) => {
      const shard = find(ShardId);
      if (ShardIteratorType === "TRIM_HORIZON") return { ShardIterator: `${shard.id}|${shard.trimmed}|${iteratorAge}` };
      if (ShardIteratorType !== "AFTER_SEQUENCE_NUMBER") throw fault("ValidationException");
      const index = shard.records.findIndex((record) => String(record.sequence) === SequenceNumber);
      if (index < shard.trimmed) throw fault("TrimmedDataAccessException");
      return { ShardIterator: `${shard.id}|${index + 1}|${iteratorAge}` };
    },
    GetRecords: ({ ShardIterator, Limit }) => {
      const [id, from, age] = String(ShardIterator).split("|");
      if (Number(age) !== iteratorAge) throw fault("ExpiredIteratorException");
      const shard = find(id);
      const records = shard.records.slice(Number(from), Number(from) + Math.min(Number(Limit ?? 1000), 7));
      const next = Number(from) + records.length;
      const end = shard.ended && next === shard.records.length;
      return {
        Records: records.map((record) => record.wire),
        ...(!end && { NextShardIterator: `${id}|${next}|${iteratorAge}` }),
      };
    },
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers["x-amz-target"]).replace("DynamoDBStreams_20120810.", "");
    calls.push(operation);
    response.setHeader("Content-Type", "application/x-amz-json-1.0");
    try {
      if (refusals > 0) {
        refusals -= 1;
        throw fault("LimitExceededException");
      }
      response.end(JSON.stringify(operations[operation]?.(JSON.parse(Buffer.concat(chunks).toString())) ?? {}));
    } catch (error) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: (error as Error).name, message: (error as Error).message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new DynamoDBStreamsClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });

  return {
    client,
    calls,
    addShard(id: string, parent?: string) {
      shards.push({ id, ...(parent && { parent }), records: [], ended: false, trimmed: 0 });
    },
    endShard(id: string) {
      find(id).ended = true;
    },
    /** Drops the oldest records of a shard. */
    trim(id: string, count: number) {
      find(id).trimmed = count;
    },
    expireIterators() {
      iteratorAge += 1;
    },
    /** The next calls fail as AWS throttles. */
    refuse(count: number) {
      refusals = count;
    },
    /** Writes a change of the item `key`; returns its sequence number. */
    put(shardId: string, key: string, options: { image?: Wire; at?: number; more?: Wire } = {}): string {
      sequence += 1;
      const image = options.image ?? { n: { N: String(sequence) } };
      find(shardId).records.push({
        sequence,
        wire: {
          eventID: `event-${sequence}`,
          eventName: "INSERT",
          eventVersion: "1.1",
          eventSource: "aws:dynamodb",
          awsRegion: "eu-west-1",
          dynamodb: {
            ApproximateCreationDateTime: Math.floor((options.at ?? Date.now()) / 1000),
            Keys: { id: { S: key } },
            NewImage: { id: { S: key }, ...image },
            SequenceNumber: String(sequence),
            SizeBytes: 10,
            StreamViewType: "NEW_AND_OLD_IMAGES",
          },
          ...options.more,
        },
      });
      return String(sequence);
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
