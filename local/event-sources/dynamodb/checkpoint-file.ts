import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { writeDurably } from "../../functions/durable-file.ts";

const shardCheckpoint = z.union([z.object({ after: z.string() }), z.object({ ended: z.literal(true) })]);
const checkpointSchema = z.object({ streamArn: z.string(), shards: z.record(z.string(), shardCheckpoint) });

/** All records up to `after` are finished, or all of a shard that has ended. */
export type ShardCheckpoint = z.infer<typeof shardCheckpoint>;

/** How far a mapping has come in each shard of a stream, on disk. */
export interface CheckpointFile {
  /** Whether the mapping was started before: a shard without a checkpoint is then read from its beginning. */
  readonly startedBefore: boolean;
  get(shardId: string): ShardCheckpoint | undefined;
  /** Resolves when the checkpoint is on disk. */
  set(shardId: string, checkpoint: ShardCheckpoint): Promise<void>;
  /** Makes the next start not the first: in one write forgets shards that are gone and notes where others begin. */
  begin(existing: ReadonlySet<string>, positions: ReadonlyMap<string, ShardCheckpoint>): Promise<void>;
}

/**
 * Opens a mapping's checkpoints. Those of another stream, such as the one of a table since created again, do not count.
 * @throws Error naming the file when it is not one of ours
 */
export async function openCheckpointFile(path: string, streamArn: string): Promise<CheckpointFile> {
  const stored = await read(path);
  const ofThisStream = stored?.streamArn === streamArn ? stored : undefined;
  const shards = new Map(Object.entries(ofThisStream?.shards ?? {}));
  await mkdir(dirname(path), { recursive: true });
  let writing: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;

  /** One write at a time; all changes made while one runs share the next. */
  const save = (): Promise<void> => {
    queued ??= writing
      .catch(() => {
        // Reported to those who waited for that write; this one writes everything again.
      })
      .then(() => {
        queued = undefined;
        writing = writeDurably(path, JSON.stringify({ streamArn, shards: Object.fromEntries(shards) }));
        return writing;
      });
    return queued;
  };

  return {
    startedBefore: ofThisStream !== undefined,
    get: (shardId) => shards.get(shardId),
    set(shardId, checkpoint) {
      shards.set(shardId, checkpoint);
      return save();
    },
    begin(existing, positions) {
      for (const shardId of shards.keys()) if (!existing.has(shardId)) shards.delete(shardId);
      for (const [shardId, position] of positions) shards.set(shardId, position);
      return save();
    },
  };
}

async function read(path: string): Promise<z.infer<typeof checkpointSchema> | undefined> {
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, "utf8");
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is no checkpoint file`, { cause: error });
  }
}
