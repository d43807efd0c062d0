import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Authority } from "../../../local/iam/authority.ts";
import { startKms } from "../../../local/services/kms/start-kms.ts";
import { startSecretsManager } from "../../../local/services/secrets-manager/start-secrets-manager.ts";
import { startParameterStore } from "../../../local/services/ssm/start-parameter-store.ts";
import { localKey } from "../signatures/signed.ts";
import { temporaryDirectory } from "./batch/support.ts";

export const region = "eu-west-1";
export const accountId = "000000000000";

export interface StoresOptions {
  /** @default a temporary one, removed at the end */
  readonly directory?: string;
  readonly now?: () => number;
  readonly authority?: Authority;
}

/** KMS, Secrets Manager and Parameter Store with a client for each. */
export async function secretStores({ directory, ...more }: StoresOptions = {}) {
  const temporary = directory === undefined ? temporaryDirectory() : undefined;
  const root = directory ?? temporary?.path ?? "";
  const options = (name: string) => ({ dataDirectory: join(root, name), region, accountId, ...more });
  const kms = await startKms(options("kms"));
  const secretsManager = await startSecretsManager(options("secrets-manager"));
  const ssm = await startParameterStore(options("ssm"));
  const client = ({ url }: { url: string }) => ({ endpoint: url, region, credentials: localKey, maxAttempts: 1 });
  const clients = {
    kms: new KMSClient(client(kms)),
    secretsManager: new SecretsManagerClient(client(secretsManager)),
    ssm: new SSMClient(client(ssm)),
  };
  return {
    ...clients,
    directory: root,
    urls: { kms: kms.url, secretsManager: secretsManager.url, ssm: ssm.url },
    async [Symbol.asyncDispose]() {
      for (const one of Object.values(clients)) one.destroy();
      await Promise.all([kms.stop(), secretsManager.stop(), ssm.stop()]);
      temporary?.remove();
    },
  };
}

/** Every file below a directory, with what it holds and who may read it. */
export function filesBelow(directory: string): { path: string; text: string; mode: string }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path,
      text: readFileSync(path, "utf8"),
      mode: (statSync(path).mode & 0o777).toString(8),
    }));
}
