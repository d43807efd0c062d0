import type { LoopbackServer } from "../../loopback.ts";
import { type JsonServiceOptions, startJsonService } from "../json/json-service.ts";
import { accessesOf } from "./accesses.ts";
import { keyReferences } from "./key-reference.ts";
import { openKeyStore } from "./model.ts";
import { kmsOperations } from "./operations.ts";

export interface KmsOptions extends Pick<JsonServiceOptions, "region" | "authority" | "port" | "log"> {
  /** Where the keys are kept, readable by this user alone; one server at a time. */
  readonly dataDirectory: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. @default the system's */
  readonly now?: () => number;
}

/**
 * Runs AWS KMS for the local stage: keys that make and verify HMACs. Their material is made with the key and stays in
 * the data directory, which is all that guards it.
 *
 * @throws Error naming the file when the data on disk is corrupt
 */
export async function startKms(options: KmsOptions): Promise<LoopbackServer> {
  const { dataDirectory, accountId, now = Date.now, ...server } = options;
  const store = openKeyStore(dataDirectory);
  const references = keyReferences(store, server.region, accountId);
  return startJsonService({
    ...server,
    ...{ name: "KMS", service: "kms", target: "TrentService" },
    operations: kmsOperations({ store, references, accountId, now }),
    accesses: (operation, input) => accessesOf(operation, input, references),
  });
}
