import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParametersCommand, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import type { JobDetail } from "./model.ts";

/** Reads what a container's secret refers to, with the rights of the execution role. Rejects in ECS's words. */
export type SecretLookup = (valueFrom: string, executionRoleArn: string) => Promise<string>;

/** Why ECS starts no container when a secret cannot be had; no attempt has an exit code then. */
export class ResourceInitializationError extends Error {
  override readonly name = "ResourceInitializationError";

  constructor(problem: string) {
    super(`ResourceInitializationError: unable to pull secrets or registry auth: ${problem}`);
  }
}

/** The values of a container's secrets by the names of its variables. @throws ResourceInitializationError */
export async function pullSecrets(
  { secrets, executionRoleArn }: JobDetail["container"],
  lookup: (...request: Parameters<SecretLookup>) => Promise<string | undefined>,
): Promise<Record<string, string>> {
  const pulled = secrets.map(async ({ name, valueFrom }) => {
    const value = await lookup(valueFrom, executionRoleArn);
    if (value === undefined) throw new Error("the local stage stops");
    return [name, value] as const;
  });
  try {
    return Object.fromEntries(await Promise.all(pulled));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ResourceInitializationError(`execution resource retrieval failed: ${problem}`);
  }
}

/** Where secrets are: clients with the rights of an execution role. */
export type SecretClients = (executionRoleArn: string) => {
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
};

/**
 * Reads secrets as ECS does (AWS Batch User Guide, "Specify sensitive data"): `valueFrom` is the ARN of a secret, with
 * `:json-key:version-stage:version-id` or some of these behind it, or the ARN or the name of a parameter.
 */
export function secretLookup(clients: SecretClients): SecretLookup {
  return (valueFrom, executionRoleArn) => {
    const { secretsManager, ssm } = clients(executionRoleArn);
    return /^arn:[^:]+:secretsmanager:/.test(valueFrom)
      ? fromSecretsManager(secretsManager, valueFrom)
      : fromParameterStore(ssm, valueFrom);
  };
}

const failed = (store: string, problem: string) =>
  new Error(`unable to retrieve ${store}: service call has been retried 1 time(s): ${problem}`);

async function fromSecretsManager(client: SecretsManagerClient, valueFrom: string): Promise<string> {
  const parts = valueFrom.split(":");
  const arn = parts.slice(0, 7).join(":");
  // An empty part is one that is left out.
  const [jsonKey, VersionStage, VersionId] = parts.slice(7).map((part) => part || undefined);
  const request = { SecretId: arn, ...(VersionStage && { VersionStage }), ...(VersionId && { VersionId }) };
  const found = await client.send(new GetSecretValueCommand(request)).catch((error: unknown) => {
    throw failed("secret from asm", `failed to fetch secret ${arn} from secrets manager: ${inWords(error)}`);
  });
  if (found.SecretString === undefined) throw failed("secret from asm", `the secret ${arn} holds no text`);
  return jsonKey === undefined ? found.SecretString : memberOf(found.SecretString, jsonKey);
}

async function fromParameterStore(client: SSMClient, valueFrom: string): Promise<string> {
  // GetParameters, because that is what the execution role has to allow.
  const request = new GetParametersCommand({ Names: [valueFrom], WithDecryption: true });
  const found = await client.send(request).catch((error: unknown) => {
    throw failed("secrets from ssm", inWords(error));
  });
  const value = found.Parameters?.[0]?.Value;
  if (value === undefined) throw failed("secrets from ssm", `invalid ssm parameters: ${valueFrom}`);
  return value;
}

const inWords = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

const jsonObject = z.record(z.string(), z.unknown());

/** Nothing of the secret is in what this throws. */
function memberOf(secretString: string, jsonKey: string): string {
  const missing = `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`;
  const value = membersOf(secretString).get(jsonKey);
  if (value === undefined) throw failed("secret from asm", missing);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function membersOf(secretString: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(jsonObject.parse(JSON.parse(secretString))));
  } catch {
    throw failed("secret from asm", "the secret is no JSON object");
  }
}
