import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startStreamMapping } from "../../../../local/event-sources/dynamodb/stream-mapping.ts";
import type { StreamMappingOptions } from "../../../../local/event-sources/dynamodb/stream-mapping-options.ts";
import type { Invocable, InvocationResult } from "../../../../local/functions/invocation.ts";
import { temporaryFolder } from "../../functions/bundle.ts";
import { startFakeStreams, streamArn } from "./fake-streams.ts";

interface EventRecord {
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: { readonly id: { readonly S: string } } };
}
type Handler = (records: EventRecord[], sequenceNumbers: string[]) => unknown;

export const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:worker";

/** A stream with one shard, a place for the checkpoint, and a function that notes its batches. */
export async function setUp() {
  const folder = await temporaryFolder();
  const streams = await startFakeStreams();
  streams.addShard("shard-1");
  const batches: string[][] = [];
  const events: { Records: EventRecord[] }[] = [];
  const log: string[] = [];
  const mappings: { stop(): Promise<void> }[] = [];
  const checkpointFile = join(folder.path, "mappings", "worker.json");

  const functionOf = (handler: Handler): Invocable => ({
    arn: functionArn,
    timeoutSeconds: 3,
    async invoke(event): Promise<InvocationResult> {
      const typed = event as { Records: EventRecord[] };
      const numbers = typed.Records.map((record) => record.dynamodb.SequenceNumber);
      batches.push(numbers);
      events.push(typed);
      const requestId = `request-${batches.length}`;
      const result = await handler(typed.Records, numbers);
      if (result instanceof Error && result.name === "ServiceException") throw result;
      if (result instanceof Error)
        return { requestId, ok: false, error: { errorType: result.name, errorMessage: result.message } };
      return { requestId, ok: true, payload: result ?? null };
    },
  });
  return {
    streams,
    batches,
    events,
    log,
    checkpointFile,
    checkpoint: async () => JSON.parse(await readFile(checkpointFile, "utf8")).shards,
    async start(handler: Handler, options: Partial<StreamMappingOptions> = {}) {
      const mapping = await startStreamMapping({
        client: streams.client,
        streamArn,
        function: functionOf(handler),
        startingPosition: "TRIM_HORIZON",
        checkpointFile,
        pollMilliseconds: 5,
        shardPollMilliseconds: 10,
        backoff: () => 1,
        log: (line) => log.push(line),
        ...options,
      });
      mappings.push(mapping);
      return mapping;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await streams[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Waits for a condition. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Changes of as many items in turn; returns their sequence numbers. */
export const putMany = (subject: Awaited<ReturnType<typeof setUp>>, count: number, shard = "shard-1", keys = 1) =>
  Array.from({ length: count }, (_, n) => subject.streams.put(shard, `item-${n % keys}`));

/** A clock that stands still, and whose waits are short. */
export function clockAt(time: string) {
  return {
    now: () => Date.parse(time),
    sleep: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1);
        signal?.addEventListener("abort", () => resolve());
        if (signal?.aborted) clearTimeout(timer);
        if (signal?.aborted) resolve();
      }),
  };
}
