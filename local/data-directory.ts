import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Where the stage keeps what; all of it below one directory, all of it survives a restart. */
export interface DataDirectory {
  readonly root: string;
  readonly dynamodb: string;
  readonly sqs: string;
  readonly batch: string;
  /** Events accepted for asynchronous invocation and not yet done with. */
  readonly events: string;
  /** How far each stream mapping has come. */
  readonly checkpoints: string;
  /** Unpacked bundles, by their contents. */
  readonly functions: string;
  /** A file for each log group. */
  readonly logs: string;
  /** The stacks as synthesized for this stage. */
  readonly stacks: string;
}

/** Makes the directories that are not there. `fresh` empties the whole first. */
export function openDataDirectory(root: string, { fresh }: { readonly fresh: boolean }): DataDirectory {
  if (fresh) rmSync(root, { recursive: true, force: true });
  const directory = (name: string) => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    root,
    dynamodb: directory("dynamodb"),
    sqs: directory("sqs"),
    batch: directory("batch"),
    events: directory("events"),
    checkpoints: directory("checkpoints"),
    functions: directory("functions"),
    logs: directory("logs"),
    stacks: join(root, "cdktf.out"),
  };
}
