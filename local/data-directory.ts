import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LockHeldError, type ProcessLock, takeLock } from "./processes/process-lock.ts";

/** Where the stage keeps what; all of it below one directory, all of it survives a restart. */
export interface DataDirectory {
  readonly root: string;
  readonly dynamodb: string;
  readonly sqs: string;
  readonly batch: string;
  /** Keys with their material, and secrets: readable by this user alone. */
  readonly kms: string;
  readonly secretsManager: string;
  readonly ssm: string;
  readonly scheduler: string;
  /** What the stacks' invocations of functions were made with, and came to. */
  readonly invocations: string;
  /** Events accepted for asynchronous invocation and not yet done with. */
  readonly events: string;
  /** How far each stream mapping has come. */
  readonly checkpoints: string;
  /** Unpacked bundles, by their contents. */
  readonly functions: string;
  /** A file for each log group. */
  readonly logs: string;
  /** The stacks as synthesized for this stage: made anew by every start. */
  readonly stacks: string;
}

/** What the stage remembers: the directories that `--fresh` empties. */
const kept = [
  "dynamodb",
  "sqs",
  "batch",
  "events",
  "checkpoints",
  "functions",
  "logs",
  "kms",
  "secrets-manager",
  "ssm",
  "scheduler",
  "invocations",
] as const;
const stacks = "cdktf.out";
/** Where the sample connector copies to unless it is told otherwise; emptied too. */
const sampleTarget = "sample-connector";
const lock = "lock";
/** The file that tells a directory of the stage's own from any other. */
const marker = "armature-local-stage.txt";
const markerText = "Data of Armature's local stage, which may empty this directory: npm start -- --fresh\n";

/**
 * Makes a data directory, or takes one that is there, for this process alone.
 *
 * @throws Error in one line when the directory is not the stage's own, which is then left as it is, or when another
 * stage that runs has it
 */
export async function openDataDirectory(root: string): Promise<{ data: DataDirectory; lock: ProcessLock }> {
  refuseForeign(root);
  mkdirSync(root, { recursive: true });
  const held = await takeLock(join(root, lock)).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error;
    const other = "stop that one first, or name another directory with --data";
    throw new Error(`${root} is in use by the stage of process ${error.holder}: ${other}`);
  });
  writeFileSync(join(root, marker), markerText);
  return { data: makeDirectories(root), lock: held };
}

/** Removes what the stage remembers, and nothing else that may be there. */
export function emptyDataDirectory({ root }: DataDirectory): void {
  for (const name of [...kept, sampleTarget]) rmSync(join(root, name), { recursive: true, force: true });
  makeDirectories(root);
}

/** Removes from a directory what is not in use. */
export function keepOnly(inUse: ReadonlySet<string>, directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (!inUse.has(path)) rmSync(path, { recursive: true, force: true });
  }
}

function makeDirectories(root: string): DataDirectory {
  const [dynamodb, sqs, batch, events, checkpoints, functions, logs] = kept;
  for (const name of kept) mkdirSync(join(root, name), { recursive: true });
  const at = (name: string) => join(root, name);
  return {
    root,
    ...{ dynamodb: at(dynamodb), sqs: at(sqs), batch: at(batch), events: at(events) },
    ...{ kms: at("kms"), secretsManager: at("secrets-manager"), ssm: at("ssm") },
    ...{ scheduler: at("scheduler"), invocations: at("invocations") },
    ...{ checkpoints: at(checkpoints), functions: at(functions), logs: at(logs), stacks: at(stacks) },
  };
}

/** Directories of before there was a marker hold the stage's own directories alone, and count as its own. */
function refuseForeign(root: string): void {
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new Error(`${root} is not a directory: name one with --data`);
  const entries = readdirSync(root, { withFileTypes: true });
  if (entries.some(({ name }) => name === marker)) return;
  const ours: ReadonlySet<string> = new Set([...kept, sampleTarget, stacks, lock]);
  const foreign = entries.find((entry) => !entry.isDirectory() || !ours.has(entry.name));
  if (foreign)
    throw new Error(
      `${root} is not a data directory of the local stage (it holds ${foreign.name}): name an empty or new one with --data`,
    );
}
