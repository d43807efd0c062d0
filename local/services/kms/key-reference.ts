import { JsonError } from "../json/json-error.ts";
import type { Alias, Key, KeyStore } from "./model.ts";

/** Finds and names the keys of one account and region. */
export interface KeyReferences {
  arnOf(key: Key): string;
  aliasArnOf(aliasName: string): string;
  /**
   * The key that a request means: by its id, its ARN, an alias or an alias's ARN.
   *
   * @throws JsonError NotFoundException
   */
  find(reference: string): Key;
  /** The ARN of the key that a request means, or what it calls a key that is not there. */
  arnMeant(reference: string): string;
  findAlias(aliasName: string): Alias | undefined;
  aliasNotFound(aliasName: string): JsonError;
}

export function keyReferences({ keys, aliases }: KeyStore, region: string, accountId: string): KeyReferences {
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  const aliasArnOf = (aliasName: string) => prefix + aliasName;
  const arnOfId = (keyId: string) => `${prefix}key/${keyId}`;

  const findAlias = (aliasName: string) => aliases.all().find((alias) => alias.aliasName === aliasName);
  const aliasNotFound = (aliasName: string) => notFound(`Alias ${aliasArnOf(aliasName)} is not found.`);

  /** A reference without what all ARNs here begin with: `key/…`, `alias/…`, or as it came. */
  const localPart = (reference: string) => (reference.startsWith(prefix) ? reference.slice(prefix.length) : reference);
  const search = (local: string): Key | undefined =>
    keys.get(local.startsWith("alias/") ? (findAlias(local)?.keyId ?? "") : local.replace(/^key\//, ""));

  return {
    ...{ aliasArnOf, findAlias, aliasNotFound },
    arnOf: ({ keyId }) => arnOfId(keyId),
    arnMeant(reference) {
      const found = search(localPart(reference));
      return found ? arnOfId(found.keyId) : reference;
    },
    find(reference) {
      const local = localPart(reference);
      const found = search(local);
      if (found) return found;
      if (local.startsWith("alias/")) throw aliasNotFound(local);
      if (local.startsWith("arn:")) throw notFound(`Invalid arn ${reference}`);
      const keyId = local.replace(/^key\//, "");
      throw notFound(isUuid(keyId) ? `Key '${arnOfId(keyId)}' does not exist` : `Invalid keyId '${keyId}'`);
    },
  };
}

const notFound = (message: string) => new JsonError("NotFoundException", message);

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
