import type { LoopbackServer } from "../../loopback.ts";
import { type JsonServiceOptions, startJsonService } from "../json/json-service.ts";
import { accessesOf } from "./accesses.ts";
import { openSecrets } from "./model.ts";
import { secretsManagerOperations } from "./operations.ts";
import { secretShelf } from "./secret-shelf.ts";

export interface SecretsManagerOptions extends Pick<JsonServiceOptions, "region" | "authority" | "port" | "log"> {
  /** Where the secrets are kept, readable by this user alone; one server at a time. */
  readonly dataDirectory: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. @default the system's */
  readonly now?: () => number;
}

/**
 * Runs AWS Secrets Manager for the local stage. Nothing rotates, nothing is replicated, and values are not encrypted.
 *
 * @throws Error naming the file when the data on disk is corrupt
 */
export async function startSecretsManager(options: SecretsManagerOptions): Promise<LoopbackServer> {
  const { dataDirectory, accountId, now: milliseconds = Date.now, ...server } = options;
  const now = () => milliseconds() / 1000;
  const shelf = secretShelf({ files: openSecrets(dataDirectory), region: server.region, accountId, now });
  return startJsonService({
    ...server,
    ...{ name: "Secrets Manager", service: "secretsmanager", target: "secretsmanager" },
    operations: secretsManagerOperations(shelf, now),
    accesses: (operation, input) => accessesOf(operation, input, shelf.arnMeant),
  });
}
