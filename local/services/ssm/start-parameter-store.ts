import type { LoopbackServer } from "../../loopback.ts";
import { type JsonServiceOptions, startJsonService } from "../json/json-service.ts";
import { accessesOf } from "./accesses.ts";
import { openParameters } from "./model.ts";
import { parameterStoreOperations } from "./operations.ts";

export interface ParameterStoreOptions extends Pick<JsonServiceOptions, "region" | "authority" | "port" | "log"> {
  /** Where the parameters are kept, readable by this user alone; one server at a time. */
  readonly dataDirectory: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. @default the system's */
  readonly now?: () => number;
}

/**
 * Runs Parameter Store, of AWS Systems Manager, for the local stage. SecureStrings are not encrypted; who does not ask
 * for their decryption gets noise.
 *
 * @throws Error naming the file when the data on disk is corrupt
 */
export async function startParameterStore(options: ParameterStoreOptions): Promise<LoopbackServer> {
  const { dataDirectory, accountId, now = Date.now, ...server } = options;
  const files = openParameters(dataDirectory);
  const prefix = `arn:aws:ssm:${server.region}:${accountId}:parameter/`;
  const arnOf = (nameOrArn: string) =>
    nameOrArn.startsWith("arn:") ? nameOrArn : prefix + nameOrArn.replace(/^\//, "");
  return startJsonService({
    ...server,
    ...{ name: "Parameter Store", service: "ssm", target: "AmazonSSM" },
    operations: parameterStoreOperations({ files, arnOf, now }),
    accesses: (operation, input) => accessesOf(operation, input, arnOf),
  });
}
