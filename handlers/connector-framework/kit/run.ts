import type * as z from "zod";
import type { Logger } from "../../runtime/logger.ts";
import type { CheckpointData, ConnectorState } from "./connector-state.ts";
import type { Summary } from "./delivery.ts";
import type { Job } from "./job.ts";
import type { Sink } from "./sink.ts";
import type { Source } from "./source.ts";
import { sync } from "./sync.ts";

/** A connector: what it reads, and what it is to do. */
export interface Connector<Variables extends z.ZodType, Checkpoint extends CheckpointData> {
  /** What its logs call it. */
  readonly name: string;
  /** Its own variables, beside the framework's. */
  readonly variables: Variables;
  /** What it keeps from one run to the next. */
  readonly checkpoint: z.ZodType<Checkpoint>;
  /** Opens the source and the target of one run. */
  open(run: Run<z.output<Variables>, Checkpoint>): Promise<Opened<Checkpoint>> | Opened<Checkpoint>;
}

/** What a connector is told of a run. */
export interface Run<Variables, Checkpoint> {
  readonly job: Job;
  readonly variables: Variables;
  /** Where the run before got to; undefined in the first one, and when what is stored is none of this connector's. */
  readonly checkpoint: Checkpoint | undefined;
  readonly logger: Logger;
  /** Aborts when the run is to end. A source that waits for something long should heed it. */
  readonly signal: AbortSignal;
}

/** The two ends of a run. */
export interface Opened<Checkpoint> {
  readonly source: Source<Checkpoint>;
  readonly sink: Sink;
  /** Documents that are read at one time. @default 4 */
  readonly concurrency?: number;
  /** What to keep of a run that was not cut off by an error. @default only the positions the source has reached */
  checkpointAfter?(summary: RunSummary): Checkpoint;
}

export interface RunSummary extends Summary {
  /** If it was asked to end before it was through. */
  readonly stopped: boolean;
  readonly at: Date;
}

export interface RunDependencies<Variables> {
  readonly job: Job;
  readonly variables: Variables;
  readonly state: ConnectorState;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
}

/** One run of a connector, from its checkpoint to its checkpoint. Throws as `sync` does. */
export async function run<Variables extends z.ZodType, Checkpoint extends CheckpointData>(
  connector: Connector<Variables, Checkpoint>,
  { job, variables, state, logger, signal, clock }: RunDependencies<z.output<Variables>>,
): Promise<RunSummary> {
  const stored = connector.checkpoint.optional().safeParse(await state.checkpoint());
  if (!stored.success) logger.warn("the checkpoint is none of this connector's: begins anew");
  const opened = await connector.open({ job, variables, checkpoint: stored.data, logger, signal });
  const summary = await sync({ ...opened, state, logger, signal });
  const result = { ...summary, stopped: signal.aborted, at: clock() };
  const { at, ...counts } = result;
  logger.info(result.stopped ? "stopped" : "synced", counts);
  if (opened.checkpointAfter) await state.saveCheckpoint(opened.checkpointAfter(result));
  return result;
}
