import { randomUUID } from "node:crypto";
import { JsonError } from "../json/json-error.ts";
import type { JsonOperation } from "../json/json-service.ts";
import { parseInput } from "../json/parse-input.ts";
import { newestFirst } from "../page.ts";
import {
  createSecretInput,
  getSecretValueInput,
  invalidParameter,
  listSecretsInput,
  onlySecretId,
  parseDeletion,
  putSecretValueInput,
  tagResourceInput,
  tags,
  updateSecretInput,
  valueIn,
} from "./inputs.ts";
import type { Secret } from "./model.ts";
import type { SecretShelf } from "./secret-shelf.ts";
import { versionOf, withVersion } from "./versions.ts";

const daySeconds = 24 * 3600;

/**
 * The operations of AWS Secrets Manager that stacks and jobs use, and those a developer puts values in with.
 *
 * @param now seconds since the epoch
 */
export function secretsManagerOperations(shelf: SecretShelf, now: () => number): Record<string, JsonOperation> {
  const current = (versionId: string) => ({ versionId, stages: ["AWSCURRENT"], at: now() });

  return {
    CreateSecret(input) {
      const { Name, ClientRequestToken, Description, KmsKeyId, Tags, ...content } = parseInput(
        createSecretInput,
        input,
      );
      const value = valueIn(content);
      const existing = shelf.named(Name);
      if (existing?.versions.some(({ versionId }) => versionId === ClientRequestToken) && value) {
        // The same request a second time; withVersion refuses another value.
        withVersion(shelf.usable(Name), { ...current(ClientRequestToken), value });
        return { ...named(existing), VersionId: ClientRequestToken };
      }
      if (existing) throw nameTaken(existing);
      const empty: Secret = {
        sequence: shelf.nextSequence(),
        secretId: randomUUID(),
        name: Name,
        arn: shelf.newArn(Name),
        ...(Description !== undefined && { description: Description }),
        ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
        ...{ createdAt: now(), changedAt: now(), tags: Tags, versions: [] },
      };
      shelf.put(value ? withVersion(empty, { ...current(ClientRequestToken), value }) : empty);
      return { ...named(empty), ...(value && { VersionId: ClientRequestToken }) };
    },

    PutSecretValue(input) {
      const { SecretId, ClientRequestToken, VersionStages, ...content } = parseInput(putSecretValueInput, input);
      const secret = shelf.usable(SecretId);
      const value = valueIn(content);
      if (!value) throw invalidParameter("You must provide either SecretString or SecretBinary.");
      const version = { ...current(ClientRequestToken), stages: VersionStages, value };
      const changed = withVersion(secret, version);
      shelf.put(changed);
      const { stages } = versionOf(changed, ClientRequestToken, undefined);
      return { ...named(secret), VersionId: ClientRequestToken, VersionStages: stages };
    },

    GetSecretValue(input) {
      const { SecretId, VersionId, VersionStage } = parseInput(getSecretValueInput, input);
      const secret = shelf.usable(SecretId);
      const { versionId, stages, createdAt, ...value } = versionOf(secret, VersionId, VersionStage);
      return { ...named(secret), VersionId: versionId, ...value, VersionStages: stages, CreatedDate: createdAt };
    },

    DescribeSecret(input) {
      const secret = shelf.find(parseInput(onlySecretId, input).SecretId);
      return { ...described(secret), VersionIdsToStages: stagesOf(secret) };
    },

    UpdateSecret(input) {
      const { SecretId, ClientRequestToken, Description, KmsKeyId, ...content } = parseInput(updateSecretInput, input);
      const value = valueIn(content);
      const secret: Secret = {
        ...shelf.usable(SecretId),
        ...(Description !== undefined && { description: Description }),
        ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
        changedAt: now(),
      };
      shelf.put(value ? withVersion(secret, { ...current(ClientRequestToken), value }) : secret);
      return { ...named(secret), ...(value && { VersionId: ClientRequestToken }) };
    },

    DeleteSecret(input) {
      const { SecretId, days } = parseDeletion(input);
      if (days !== undefined) {
        const secret = shelf.usable(SecretId);
        const deletedAt = now() + days * daySeconds;
        shelf.put({ ...secret, deletedAt });
        return { ...named(secret), DeletionDate: deletedAt };
      }
      const secret = shelf.all().find(({ name, arn }) => name === SecretId || arn === SecretId);
      if (secret) shelf.remove(secret);
      // Who forces it learns nothing of whether there was one (API Reference: DeleteSecret).
      return { ...(secret ? named(secret) : { Name: SecretId }), DeletionDate: now() };
    },

    RestoreSecret(input) {
      const { deletedAt: _, ...secret } = shelf.find(parseInput(onlySecretId, input).SecretId);
      shelf.put(secret);
      return named(secret);
    },

    ListSecrets(input) {
      const { IncludePlannedDeletion, MaxResults, NextToken } = parseInput(listSecretsInput, input);
      const found = shelf.all().filter(({ deletedAt }) => IncludePlannedDeletion || deletedAt === undefined);
      const { items, nextToken } = newestFirst(found, { limit: MaxResults, nextToken: NextToken }, invalidToken);
      const SecretList = items.map((secret) => ({ ...described(secret), SecretVersionsToStages: stagesOf(secret) }));
      return { SecretList, NextToken: nextToken };
    },

    TagResource(input) {
      const { SecretId, Tags } = parseInput(tagResourceInput, input);
      const secret = shelf.usable(SecretId);
      const kept = secret.tags.filter(({ Key }) => !Tags.some((added) => added.Key === Key));
      shelf.put({ ...secret, tags: parseInput(tags, [...kept, ...Tags]) });
      return {};
    },
  };
}

const named = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });

const described = (secret: Secret) => ({
  ...named(secret),
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: secret.createdAt,
  LastChangedDate: secret.changedAt,
  DeletedDate: secret.deletedAt,
  Tags: secret.tags,
});

/** Of the versions that are not deprecated. */
const stagesOf = ({ versions }: Secret) =>
  Object.fromEntries(versions.flatMap(({ versionId, stages }) => (stages.length > 0 ? [[versionId, stages]] : [])));

function nameTaken({ name, deletedAt }: Secret): JsonError {
  if (deletedAt === undefined)
    return new JsonError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
  const message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
  return new JsonError("InvalidRequestException", message);
}

const invalidToken = (message: string) => new JsonError("InvalidNextTokenException", message);
